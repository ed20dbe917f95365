package machine

import (
	"io/fs"
	"path"
	"strconv"
	"strings"
)

// noLimit is the value from which limits of version 1 mean no limit: the kernel
// writes the largest whole number of pages.
const noLimit = 1 << 62

// cgroupLimit returns the lowest memory limit, in bytes, of this process's
// control group and the groups above it, or 0 if there is none. root is the
// file system, a parameter for tests. It reads both versions; see the kernel's
// Documentation/admin-guide/cgroup-v2.rst and cgroup-v1/memory.rst.
func cgroupLimit(root fs.FS) int64 {
	groups, err := fs.ReadFile(root, "proc/self/cgroup")
	if err != nil {
		return 0
	}
	var least int64
	for line := range strings.Lines(string(groups)) {
		// ID:CONTROLLERS:PATH; version 2 has ID 0 and no controllers.
		fields := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(fields) != 3 {
			continue
		}
		dir, file := "sys/fs/cgroup", "memory.max"
		switch {
		case fields[0] == "0" && fields[1] == "":
		case hasController(fields[1], "memory"):
			dir, file = "sys/fs/cgroup/memory", "memory.limit_in_bytes"
		default:
			continue
		}
		// A container may see its own group as the root, whatever the path
		// says, so missing folders are skipped.
		for group := path.Clean("/" + fields[2]); ; group = path.Dir(group) {
			limit := readLimit(root, path.Join(dir, group, file))
			if limit > 0 && (least == 0 || limit < least) {
				least = limit
			}
			if group == "/" {
				break
			}
		}
	}
	return least
}

func hasController(list, name string) bool {
	for controller := range strings.SplitSeq(list, ",") {
		if controller == name {
			return true
		}
	}
	return false
}

// readLimit returns 0 for "max" and anything else that is not a limit.
func readLimit(root fs.FS, name string) int64 {
	text, err := fs.ReadFile(root, name)
	if err != nil {
		return 0
	}
	n, err := strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
	if err != nil || n <= 0 || n >= noLimit {
		return 0
	}
	return n
}
