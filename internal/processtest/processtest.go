//go:build unix

// Package processtest reads the resource use of a process, for tests that
// measure or bound it.
package processtest

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ProcessorTime returns the processor time of all threads of this process so
// far, including the kernel's.
func ProcessorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatalf("read the processor time: %v", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// ProcessorOf returns the processor time of all threads of another process so far,
// including the kernel's. It reads /proc, which only Linux has, to a hundredth of a
// second.
func ProcessorOf(pid int) (time.Duration, error) {
	path := fmt.Sprintf("/proc/%d/stat", pid)
	stat, err := os.ReadFile(path)
	if err != nil {
		return 0, fmt.Errorf("read the processor time of a process: %w", err)
	}
	// The name of the program, in parentheses, may hold spaces. User and system time
	// are the 12th and 13th fields after it.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	if len(fields) < 13 {
		return 0, fmt.Errorf("read the processor time of a process: %s has %d fields", path, len(fields))
	}
	var ticks int64
	for _, field := range fields[11:13] {
		n, err := strconv.ParseInt(field, 10, 64)
		if err != nil {
			return 0, fmt.Errorf("read the processor time of a process in %s: %w", path, err)
		}
		ticks += n
	}
	return time.Duration(ticks) * time.Second / 100, nil // USER_HZ is 100 everywhere
}

// Memory returns the current and the peak memory of a process in bytes. It
// reads /proc, which only Linux has, and fails for a process that has ended.
func Memory(pid int) (resident, peak int64, err error) {
	path := fmt.Sprintf("/proc/%d/status", pid)
	status, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, fmt.Errorf("read the memory of a process: %w", err)
	}
	if resident, err = kilobytes(string(status), "VmRSS:"); err == nil {
		peak, err = kilobytes(string(status), "VmHWM:")
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the memory of a process in %s: %w", path, err)
	}
	return resident, peak, nil
}

// kilobytes returns the value of a line such as "VmRSS:  1024 kB" in bytes.
func kilobytes(status, name string) (int64, error) {
	for line := range strings.Lines(status) {
		value, ok := strings.CutPrefix(line, name)
		if !ok {
			continue
		}
		number, unit, _ := strings.Cut(strings.TrimSpace(value), " ")
		n, err := strconv.ParseInt(number, 10, 64)
		if err != nil || unit != "kB" {
			return 0, fmt.Errorf("%q is no number of kB", strings.TrimSpace(line))
		}
		return n << 10, nil
	}
	return 0, fmt.Errorf("there is no line %s", name)
}
