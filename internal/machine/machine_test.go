package machine

import (
	"context"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"testing/fstest"
)

func TestLookAtThisMachine(t *testing.T) {
	m := Look(t.Context())
	if m.Cores < 1 {
		t.Errorf("%d cores", m.Cores)
	}
	switch runtime.GOOS {
	case "linux", "darwin", "windows":
		if m.Memory < 64<<20 || m.Memory > 1<<50 {
			t.Errorf("memory %d is not that of a computer", m.Memory)
		}
	}
}

func TestCgroupLimit(t *testing.T) {
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	for name, c := range map[string]struct {
		root fstest.MapFS
		want int64
	}{
		"no control groups": {fstest.MapFS{}, 0},
		"version 2, none":   {fstest.MapFS{"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("max\n")}, 0},
		"version 2": {fstest.MapFS{
			"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("6442450944\n"), "sys/fs/cgroup/a/memory.max": file("max\n"),
		}, 6442450944},
		"a group above has less": {fstest.MapFS{
			"proc/self/cgroup": file("0::/a/b\n"), "sys/fs/cgroup/a/b/memory.max": file("6442450944\n"), "sys/fs/cgroup/a/memory.max": file("1073741824\n"),
		}, 1 << 30},
		"a container's own root": {fstest.MapFS{"proc/self/cgroup": file("0::/\n"), "sys/fs/cgroup/memory.max": file("2147483648\n")}, 2 << 30},
		"a path from outside":    {fstest.MapFS{"proc/self/cgroup": file("0::/../../x\n"), "sys/fs/cgroup/memory.max": file("2147483648\n")}, 2 << 30},
		"version 1": {fstest.MapFS{
			"proc/self/cgroup": file("11:cpu,cpuacct:/docker/x\n4:memory:/docker/x\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("3221225472\n"),
		}, 3 << 30},
		"version 1, none": {fstest.MapFS{
			"proc/self/cgroup": file("4:memory:/\n"), "sys/fs/cgroup/memory/memory.limit_in_bytes": file("9223372036854771712\n"),
		}, 0},
		"rubbish": {fstest.MapFS{"proc/self/cgroup": file("4\n:\n0::\n"), "sys/fs/cgroup/memory.max": file("-1 apples")}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			if got := cgroupLimit(c.root); got != c.want {
				t.Errorf("got %d, want %d", got, c.want)
			}
		})
	}
}

func TestParseSMI(t *testing.T) {
	for name, c := range map[string]struct {
		out    string
		name   string
		memory int64
	}{
		"one":                     {"NVIDIA GeForce RTX 3060, 12288\n", "NVIDIA GeForce RTX 3060", 12288 << 20},
		"the one with most":       {"A, 8192\nB, 24576\nC, 4096\n", "B", 24576 << 20},
		"memory that is not told": {"NVIDIA Thor, [N/A]\n", "NVIDIA Thor", 0},
		"no card":                 {"No devices were found\n", "", 0},
		"nothing":                 {"", "", 0},
		"no name":                 {", 12\n", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			got := parseSMI(c.out)
			if c.name == "" {
				if got != nil {
					t.Errorf("got %+v, want none", got)
				}
				return
			}
			if got == nil || got.Name != c.name || got.Memory != c.memory {
				t.Errorf("got %+v", got)
			}
		})
	}
}

func TestDriverGPU(t *testing.T) {
	root := fstest.MapFS{"proc/driver/nvidia/gpus/0000:01:00.0/information": {Data: []byte("Model: \t\t NVIDIA H200\nIRQ:   42\n")}}
	if got := driverGPU(root); got == nil || got.Name != "NVIDIA H200" || got.Memory != 0 {
		t.Errorf("got %+v", got)
	}
	if got := driverGPU(fstest.MapFS{}); got != nil {
		t.Errorf("without a driver: %+v", got)
	}
}

// A program that answers to the name nvidia-smi is asked, and one that fails or
// says nothing of use is passed over.
func TestAsksNvidiaSMI(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		t.Skip("needs a shell script on PATH, and no card of Apple's")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir+":/bin:/usr/bin")
	for script, want := range map[string]string{
		"#!/bin/sh\necho 'Card, 1024'\n":        "Card",
		"#!/bin/sh\necho broken >&2\nexit 9\n":  "",
		"#!/bin/sh\necho 'no card was found'\n": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, "nvidia-smi"), []byte(script), 0o755); err != nil { //nolint:gosec // it is to be run
			t.Fatal(err)
		}
		got := findGPU(context.WithoutCancel(t.Context()))
		if driver := driverGPU(os.DirFS("/")); want == "" && driver != nil {
			t.Skip("this machine has a card")
		}
		if (got == nil) != (want == "") || got != nil && got.Name != want {
			t.Errorf("%q: got %+v, want %q", script, got, want)
		}
	}
}
