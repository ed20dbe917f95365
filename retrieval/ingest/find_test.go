package ingest

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// findIn lists the sources found from within a folder, and the failures as
// "source: reason".
func findIn(t *testing.T, dir string, paths ...string) (sources, failed []string, skipped int) {
	t.Helper()
	t.Chdir(dir)
	found := newFinding(Config{}, nil)
	if err := found.find(t.Context(), paths); err != nil {
		t.Fatal(err)
	}
	for _, f := range found.files {
		sources = append(sources, f.source)
	}
	for _, f := range found.failed {
		failed = append(failed, f.Source+": "+f.Err.Error())
	}
	return sources, failed, found.skipped
}

func TestFind(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"docs/b.md": "x", "docs/a.txt": "x", "docs/A.HTML": "x", "docs/sub/c.jsonl": "x", "docs/sub/deep/가.markdown": "x",
		"docs/.hidden.md": "x", "docs/.git/d.md": "x", "docs/picture.png": "x", "docs/noext": "x", "docs/folder.md/e.txt": "x",
		"one.text": "x", "two.xyz": "x", ".named.md": "x",
	})
	tests := []struct {
		name    string
		paths   []string
		sources []string
		failed  []string
		skipped int
	}{
		{
			"a folder", []string{"docs"},
			[]string{"docs/A.HTML", "docs/a.txt", "docs/b.md", "docs/folder.md/e.txt", "docs/sub/c.jsonl", "docs/sub/deep/가.markdown"},
			nil, 2,
		},
		{"a path is cleaned", []string{"./docs/../docs//sub/"}, []string{"docs/sub/c.jsonl", "docs/sub/deep/가.markdown"}, nil, 0},
		{"here", []string{"."}, []string{
			"docs/A.HTML", "docs/a.txt", "docs/b.md", "docs/folder.md/e.txt", "docs/sub/c.jsonl", "docs/sub/deep/가.markdown", "one.text",
		}, nil, 3},
		{"files, in the order given", []string{"one.text", "docs/b.md"}, []string{"one.text", "docs/b.md"}, nil, 0},
		{"a file twice", []string{"docs/b.md", "docs/sub", "./docs/b.md"}, []string{"docs/b.md", "docs/sub/c.jsonl", "docs/sub/deep/가.markdown"}, nil, 0},
		{"a hidden file that is named", []string{".named.md"}, []string{".named.md"}, nil, 0},
		{"a file of unknown type", []string{"two.xyz", "one.text"}, []string{"one.text"}, []string{"two.xyz: unknown file type \".xyz\": known are .md"}, 0},
		{"a file that is not there", []string{"none.md"}, nil, []string{"none.md: cannot be read: no such file"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			sources, failed, skipped := findIn(t, dir, tt.paths...)
			if !slices.Equal(sources, tt.sources) {
				t.Errorf("found %q, want %q", sources, tt.sources)
			}
			if !slices.EqualFunc(failed, tt.failed, strings.HasPrefix) {
				t.Errorf("failed %q, want %q", failed, tt.failed)
			}
			if skipped != tt.skipped {
				t.Errorf("skipped %d, want %d", skipped, tt.skipped)
			}
		})
	}
}

func TestFindDeepFolders(t *testing.T) {
	dir := t.TempDir()
	deep := "root" + strings.Repeat("/d", 1000)
	writeFiles(t, dir, map[string]string{deep + "/bottom.md": "x"})
	if sources, failed, _ := findIn(t, dir, "root"); len(sources) != 1 || failed != nil {
		t.Errorf("found %d, failed %q", len(sources), failed)
	}
}

func TestFindStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if err := newFinding(Config{}, nil).find(ctx, []string{t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// The rules of gitignore, as git itself applies them to these names.
func TestIgnore(t *testing.T) {
	names := []string{"a.md", "b.md", "draft.md", "old/a.md", "old/keep.md", "old/draft/a.md", "sub/old/a.md", "sub/draft", "초안/가.md", "x y.md", "#a.md", "!a.md"}
	tests := []struct {
		name, rules string
		ignored     []string
	}{
		{"nothing", "\n# a.md\n   \n", nil},
		{"a name at any depth", "a.md", []string{"a.md", "old/a.md", "old/draft/a.md", "sub/old/a.md"}},
		{"a name in this folder", "/a.md", []string{"a.md"}},
		{"a folder at any depth", "old/", []string{"old/a.md", "old/keep.md", "old/draft/a.md", "sub/old/a.md"}},
		{"a slash ties to this folder", "sub/old", []string{"sub/old/a.md"}},
		{"a folder is no file", "draft/", []string{"old/draft/a.md"}},
		{"a star", "*.md\n", []string{"a.md", "b.md", "draft.md", "old/a.md", "old/keep.md", "old/draft/a.md", "sub/old/a.md", "초안/가.md", "x y.md", "#a.md", "!a.md"}},
		{"a star stops at a slash", "/*/a.md", []string{"old/a.md"}},
		{"a question mark", "?.md", []string{"a.md", "b.md", "old/a.md", "old/draft/a.md", "sub/old/a.md", "초안/가.md"}},
		{"a class", "/[!b-z].md", []string{"a.md"}},
		{"two stars before", "**/old/*.md", []string{"old/a.md", "old/keep.md", "sub/old/a.md"}},
		{"two stars between", "old/**/a.md", []string{"old/a.md", "old/draft/a.md"}},
		{"two stars behind", "old/**", []string{"old/a.md", "old/keep.md", "old/draft/a.md"}},
		{"included again", "old/*\n!keep.md", []string{"old/a.md", "old/draft/a.md"}},
		{"not out of an excluded folder", "old/\n!old/keep.md", []string{"old/a.md", "old/keep.md", "old/draft/a.md", "sub/old/a.md"}},
		{"all but one folder", "/*\n!old/", []string{"a.md", "b.md", "draft.md", "sub/old/a.md", "sub/draft", "초안/가.md", "x y.md", "#a.md", "!a.md"}},
		{"the last rule counts", "!a.md\na.md\n!/a.md", []string{"old/a.md", "old/draft/a.md", "sub/old/a.md"}},
		{"Windows line ends and spaces", "x y.md  \r\nb.md\r\n", []string{"x y.md", "b.md"}},
		{"escapes", "\\#a.md\n\\!a.md\n\\b.md", []string{"#a.md", "!a.md", "b.md"}},
		{"a byte order mark", "\ufeffb.md", []string{"b.md"}},
		{"Korean", "초안", []string{"초안/가.md"}},
		{"malformed", "[a\n\\\n!\n/\n[z-a]", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFiles(t, dir, map[string]string{ignoreFile: tt.rules})
			rules, err := readIgnoreRules(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, name := range names {
				got := false
				for i := range name { // each folder, then the file
					if name[i] == '/' {
						got = got || ignored([]ignoreRules{*rules}, filepath.Join(dir, name[:i]), true)
					}
				}
				got = got || ignored([]ignoreRules{*rules}, filepath.Join(dir, name), false)
				if want := slices.Contains(tt.ignored, name); got != want {
					t.Errorf("%q is ignored: %v, want %v", name, got, want)
				}
			}
		})
	}
}

// The rules of a folder hold below it and go before those above.
func TestIgnoreInFolders(t *testing.T) {
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"docs/" + ignoreFile: "*.txt\nprivate/", "docs/sub/" + ignoreFile: "!b.txt\nc.md",
		"docs/a.txt": "x", "docs/sub/b.txt": "x", "docs/sub/c.md": "x", "docs/c.md": "x", "docs/private/d.md": "x", "other/a.txt": "x",
	})
	sources, _, skipped := findIn(t, dir, "docs", "other")
	if want := []string{"docs/c.md", "docs/sub/b.txt", "other/a.txt"}; !slices.Equal(sources, want) || skipped != 0 {
		t.Errorf("found %q, skipped %d, want %q", sources, skipped, want)
	}
	if sources, _, _ := findIn(t, dir, "docs/a.txt"); len(sources) != 1 {
		t.Error("a file that is named itself is ignored")
	}
}

func FuzzIgnore(f *testing.F) {
	for _, rule := range []string{"*.md", "/a/**/b", "[!a-z]x", "[[:alpha:]]", "\\", "[", "a\\ ", "!**/", "[]-a]", "***", "(?i)", "[\\]]"} {
		f.Add(rule, "a/b/c.md")
	}
	f.Fuzz(func(t *testing.T, text, path string) {
		rules := []ignoreRules{{"/docs", parseIgnoreRules(text)}}
		ignored(rules, "/docs/"+path, false)
		// A rule that is a plain name matches that name and no longer one.
		name := fmt.Sprintf("n%x", path)
		plain := []ignoreRules{{"/docs", parseIgnoreRules(name)}}
		if !ignored(plain, "/docs/x/"+name, false) || ignored(plain, "/docs/x/"+name+"x", false) {
			t.Errorf("rule %q", name)
		}
	})
}
