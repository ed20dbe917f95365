//go:build unix

// Package processtest reads what a process has cost, for tests that measure or
// bound it.
package processtest

import (
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// ProcessorTime is what all threads of this process have used so far, of the
// kernel's time too.
func ProcessorTime(tb testing.TB) time.Duration {
	tb.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		tb.Fatalf("read the processor time: %v", err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// Memory is what a process has in memory now, and what it had at its peak, in
// bytes. It reads /proc, which Linux alone has, and fails for a process that
// has ended.
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

// kilobytes is the value of a line such as "VmRSS:  1024 kB", in bytes.
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
