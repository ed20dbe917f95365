package main

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
)

// nextRelease is the version of the next release. A program that was built from a
// checkout, and not as a release, has the version nextRelease-dev.
const nextRelease = "v0.1.0"

// release and revision are set by the linker when a release is built, with
// -ldflags "-X main.release=v0.1.0 -X main.revision=COMMIT". They are variables
// because the linker sets nothing else.
var release, revision string

// build describes how the program was built.
type build struct {
	Version  string   `json:"version"`
	Commit   string   `json:"commit,omitempty"`   // empty if it is not known
	Time     string   `json:"time,omitempty"`     // of the commit, in RFC 3339
	Modified bool     `json:"modified,omitempty"` // the checkout had changes that were not committed
	Tags     []string `json:"tags"`               // build tags, such as onnx
	Go       string   `json:"go"`
	Platform string   `json:"platform"` // operating system and processor, as in linux/amd64
}

// buildOf returns the description of this program. Values that the linker set take
// precedence over values that Go recorded.
func buildOf() build {
	b := build{Version: release, Commit: revision, Tags: []string{}, Go: runtime.Version(), Platform: runtime.GOOS + "/" + runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if ok {
		b.read(info)
	}
	b.Version = cmp.Or(b.Version, nextRelease+"-dev")
	return b
}

// read fills in the fields that the linker left empty.
func (b *build) read(info *debug.BuildInfo) {
	// Go names a commit without a tag v0.0.0-DATE-COMMIT, or after the tag
	// before it, with +dirty if there are changes. Only a tag is a version.
	if v := info.Main.Version; v != "(devel)" && !strings.Contains(v, "-0.") && !strings.HasPrefix(v, "v0.0.0-") && !strings.Contains(v, "+dirty") {
		b.Version = cmp.Or(b.Version, v)
	}
	for _, s := range info.Settings {
		switch s.Key {
		case "vcs.revision":
			b.Commit = cmp.Or(b.Commit, s.Value)
		case "vcs.time":
			b.Time = s.Value
		case "vcs.modified":
			b.Modified = s.Value == "true"
		case "-tags":
			b.Tags = strings.FieldsFunc(s.Value, func(r rune) bool { return r == ',' })
		}
	}
}

// String returns the description for people.
func (b build) String() string {
	var out strings.Builder
	fmt.Fprintf(&out, "selfrag %s\n", b.Version)
	if b.Commit != "" {
		commit := b.Commit
		if b.Modified {
			commit += ", with changes"
		}
		fmt.Fprintf(&out, "commit    %s\n", commit)
	}
	if b.Time != "" {
		fmt.Fprintf(&out, "time      %s\n", b.Time)
	}
	tags := "none (without ONNX Runtime)"
	if len(b.Tags) > 0 {
		tags = strings.Join(b.Tags, ", ")
	}
	fmt.Fprintf(&out, "tags      %s\n", tags)
	fmt.Fprintf(&out, "built by  %s for %s\n", b.Go, b.Platform)
	return out.String()
}

func newVersionCmd(a *app) *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit and the build tags",
		Args:  usageArgs(cobra.NoArgs),
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return a.JSON(buildOf())
			}
			_, err := fmt.Fprint(a.Out, buildOf())
			return err
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return cmd
}
