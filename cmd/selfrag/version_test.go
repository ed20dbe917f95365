package main

import (
	"runtime/debug"
	"strings"
	"testing"
)

// What the linker set comes before what Go recorded, and only a tag is a version.
func TestBuild(t *testing.T) {
	settings := []debug.BuildSetting{{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.time", Value: "2026-11-30T08:00:00Z"}, {Key: "vcs.modified", Value: "true"}, {Key: "-tags", Value: "onnx,notokenizers"}}
	for name, c := range map[string]struct {
		start   build
		main    string
		version string
		shown   []string
	}{
		"a release by the linker": {build{Version: "v0.1.0", Commit: "def"}, "v0.0.0-20261130080000-abc", "v0.1.0", []string{"selfrag v0.1.0\n", "commit    def, with changes\n", "tags      onnx, notokenizers\n"}},
		"a release by go install": {build{}, "v0.2.1", "v0.2.1", []string{"commit    abc"}},
		"a commit without a tag":  {build{}, "v0.0.0-20261130080000-abcdefabcdef", "", []string{"time      2026-11-30T08:00:00Z"}},
		"a commit after a tag":    {build{}, "v0.1.1-0.20261130080000-abcdefabcdef", "", nil},
		"changes after a tag":     {build{}, "v0.1.0+dirty", "", nil},
		"a checkout":              {build{}, "(devel)", "", nil},
	} {
		t.Run(name, func(t *testing.T) {
			b := c.start
			b.read(&debug.BuildInfo{Main: debug.Module{Version: c.main}, Settings: settings})
			if b.Version != c.version {
				t.Errorf("version %q, want %q", b.Version, c.version)
			}
			for _, want := range c.shown {
				if !strings.Contains(b.String(), want) {
					t.Errorf("got\n%swithout %q", b, want)
				}
			}
		})
	}
	if got := buildOf(); got.Version == "" || got.Platform == "" || got.Tags == nil {
		t.Errorf("this program: %+v", got)
	}
}
