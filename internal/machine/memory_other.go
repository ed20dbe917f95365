//go:build !linux && !darwin && !windows

package machine

// systemMemory is 0: it is not known on this system.
func systemMemory() int64 { return 0 }
