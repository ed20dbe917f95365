package machine

import "golang.org/x/sys/unix"

// systemMemory returns the memory of the computer in bytes, or 0 if it is
// unknown.
func systemMemory() int64 {
	n, err := unix.SysctlUint64("hw.memsize")
	if err != nil {
		return 0
	}
	return int64(n) //nolint:gosec // no computer has 2^63 bytes
}
