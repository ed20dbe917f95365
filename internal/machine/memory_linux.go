package machine

import (
	"os"
	"strconv"
	"strings"
)

// systemMemory returns the memory of the computer in bytes, or 0 if it is
// unknown.
func systemMemory() int64 {
	text, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0
	}
	return parseMeminfo(string(text))
}

// parseMeminfo parses "MemTotal: N kB", where a kB is 1,024 bytes.
func parseMeminfo(text string) int64 {
	for line := range strings.Lines(text) {
		rest, ok := strings.CutPrefix(line, "MemTotal:")
		if !ok {
			continue
		}
		n, err := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(rest), "kB")), 10, 64)
		if err != nil || n < 0 || n > 1<<50 {
			return 0
		}
		return n << 10
	}
	return 0
}
