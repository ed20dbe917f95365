package machine

import (
	"unsafe"

	"golang.org/x/sys/windows"
)

// memoryStatus is MEMORYSTATUSEX of the Windows API.
type memoryStatus struct {
	length, load                                   uint32
	total, available                               uint64
	totalPage, availablePage                       uint64
	totalVirtual, availableVirtual, availableExtra uint64
}

// systemMemory returns the memory of the computer in bytes, or 0 if it is
// unknown.
func systemMemory() int64 {
	status := memoryStatus{length: uint32(unsafe.Sizeof(memoryStatus{}))}
	call := windows.NewLazySystemDLL("kernel32.dll").NewProc("GlobalMemoryStatusEx")
	if call.Find() != nil {
		return 0
	}
	if ok, _, _ := call.Call(uintptr(unsafe.Pointer(&status))); ok == 0 {
		return 0
	}
	return int64(status.total) //nolint:gosec // no computer has 2^63 bytes
}
