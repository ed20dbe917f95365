//go:build !linux && !darwin && !windows

package machine

// systemMemory returns 0: the memory is unknown on this system.
func systemMemory() int64 { return 0 }
