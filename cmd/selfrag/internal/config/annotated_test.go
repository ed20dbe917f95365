package config

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/pflag"
)

var update = flag.Bool("update", false, "write docs/reference/selfrag.yaml anew")

// TestAnnotatedFile holds docs/reference/selfrag.yaml to the program: it has each
// setting with its default and its meaning, and is the defaults when all its
// settings are switched on.
func TestAnnotatedFile(t *testing.T) {
	home := func(name string) string {
		if name == "HOME" {
			return "/home/you"
		}
		return ""
	}
	defaults := Default(home)
	got := annotated(defaults)
	golden := filepath.FromSlash("../../../../docs/reference/selfrag.yaml")
	if *update {
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s is not true of the program; run go test ./cmd/selfrag/internal/config -run AnnotatedFile -update", golden)
	}

	file := filepath.Join(t.TempDir(), "selfrag.yaml")
	if err := os.WriteFile(file, []byte(regexp.MustCompile(`(?m)^#([a-z])`).ReplaceAllString(string(want), "$1")), 0o600); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(file, home, pflag.NewFlagSet("selfrag", pflag.ContinueOnError))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range loaded.table() {
		if loaded.Origin(f.key) != "file "+file {
			t.Errorf("%s is not in the file", f.key)
		}
		if loaded.Text(f.key) != defaults.Text(f.key) {
			t.Errorf("%s is %q in the file, and %q by default", f.key, loaded.Text(f.key), defaults.Text(f.key))
		}
	}
}

// annotated returns a configuration file that has each setting, switched off, with
// its default and its meaning, by group.
func annotated(s Settings) string {
	headings := []struct{ group, text string }{
		{GroupAll, "Of all commands: the store, the collection, the embedder, the servers of models"},
		{GroupIngest, "Of ingest: how documents are read and cut"},
		{GroupSearch, "Of commands that search: both stages, the language model"},
		{GroupRerank, "Of rerankers"},
		{GroupAsk, "Of commands that answer: strategy, budget, thresholds"},
		{GroupServe, "Of serve and mcp"},
		{GroupCount, "Of metrics"},
		{GroupTrace, "Of traces"},
		{groupNone, "Without a flag"},
	}
	var b strings.Builder
	b.WriteString(`# All settings with their defaults. A line that begins with # and a letter is a setting
# that is switched off: remove the # to change it. A flag, or SELFRAG_ and the name in
# capitals in the environment, takes precedence over this file.
`)
	var written []string
	for _, h := range headings {
		fmt.Fprintf(&b, "\n\n# %s\n# %s\n", h.text, strings.Repeat("-", len(h.text)))
		for _, f := range s.table() {
			if f.group != h.group {
				continue
			}
			written = append(written, f.key)
			b.WriteString("\n")
			for line := range wrapped(f.usage, 88) {
				b.WriteString("# " + line + "\n")
			}
			text := strings.Replace(filepath.ToSlash(s.Text(f.key)), "/home/you", "~", 1)
			if _, isText := f.value.(*string); text == "" || isText && strings.ContainsAny(text, " ,{}:#") {
				text = strconv.Quote(text)
			}
			fmt.Fprintf(&b, "#%s: %s\n", f.key, text)
		}
	}
	for _, f := range s.table() {
		if !slices.Contains(written, f.key) {
			fmt.Fprintf(&b, "%s has a group without a heading\n", f.key)
		}
	}
	return b.String()
}

// wrapped yields the lines of a text, cut at spaces so that each takes at most
// width bytes, unless a word is longer.
func wrapped(text string, width int) func(yield func(string) bool) {
	return func(yield func(string) bool) {
		var line string
		for word := range strings.FieldsSeq(text) {
			if line != "" && len(line)+1+len(word) > width {
				if !yield(line) {
					return
				}
				line = ""
			}
			if line != "" {
				line += " "
			}
			line += word
		}
		yield(line)
	}
}
