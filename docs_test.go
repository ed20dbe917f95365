package selfrag_test

import (
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/rivo/uniseg"
)

// widest is the maximum width of a line of Markdown in columns. A Korean letter
// takes two.
const widest = 120

// TestMarkdownLines checks that people can read every page in a terminal and in a
// difference.
func TestMarkdownLines(t *testing.T) {
	for name, text := range pages(t) {
		for i, line := range strings.Split(text, "\n") {
			if w := uniseg.StringWidth(line); w > widest {
				t.Errorf("%s:%d: the line is %d columns wide, and at most %d are allowed; a table that does not fit becomes a list", name, i+1, w, widest)
			}
		}
	}
}

// TestMarkdownLinks checks that each link between pages leads to a file that is
// there, and to one of its headings if it names one.
func TestMarkdownLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(\s*([^()\s]+)\s*\)|(?:src|srcset|href)="([^"]+)"`)
	all := pages(t)
	for name, text := range all {
		text = code.ReplaceAllString(text, "")
		for _, m := range link.FindAllStringSubmatch(text, -1) {
			target := m[1] + m[2]
			if strings.Contains(target, "://") || strings.HasPrefix(target, "mailto:") {
				continue
			}
			file, anchor, _ := strings.Cut(target, "#")
			to := name
			if file != "" {
				to = path.Join(path.Dir(name), file)
			}
			if _, err := os.Stat(to); err != nil {
				t.Errorf("%s: the link %s leads to nothing", name, target)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(all[to]), anchor) {
				t.Errorf("%s: %s has no heading #%s", name, to, anchor)
			}
		}
	}
}

// TestPagesAreListed checks that each page of the docs can be found from their
// list.
func TestPagesAreListed(t *testing.T) {
	all := pages(t)
	for name := range all {
		if inside, ok := strings.CutPrefix(name, "docs/"); ok && inside != "README.md" && !strings.Contains(all["docs/README.md"], "]("+inside+")") {
			t.Errorf("docs/README.md does not name %s", name)
		}
	}
}

// TestNamedPages checks that each page of the docs that code, scripts and settings
// name is there.
func TestNamedPages(t *testing.T) {
	named := regexp.MustCompile(`(?:^|[^/\w])(docs/(?:guides|reference|development|pictures)/[\w.-]*\w)`)
	kinds := []string{"", ".go", ".yaml", ".yml", ".txt", ".txtar", ".js", ".mjs", ".py", ".md", ".service"}
	walk(t, func(name string) {
		if !slices.Contains(kinds, path.Ext(name)) {
			return
		}
		for _, m := range named.FindAllStringSubmatch(read(t, name), -1) {
			page := m[1]
			if _, err := os.Stat(page); err != nil {
				t.Errorf("%s names %s, which is not there", name, page)
			}
		}
	})
}

// code matches fenced blocks and spans of code, in which nothing is a link.
var code = regexp.MustCompile("(?ms)^ *```.*?^ *```|`[^`\n]*`|<!--.*?-->")

// anchors returns the names by which a page's headings are reached, as GitHub makes
// them.
func anchors(text string) []string {
	seen := map[string]bool{}
	for line := range strings.SplitSeq(code.ReplaceAllStringFunc(text, func(s string) string {
		if strings.HasPrefix(s, "`") && !strings.HasPrefix(s, "```") {
			return strings.Trim(s, "`")
		}
		return ""
	}), "\n") {
		heading := strings.TrimLeft(line, "#")
		if heading == line || !strings.HasPrefix(heading, " ") {
			continue
		}
		seen[strings.Map(func(r rune) rune {
			switch {
			case r == ' ' || r == '-':
				return '-'
			case r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r):
				return unicode.ToLower(r)
			}
			return -1
		}, strings.TrimSpace(heading))] = true
	}
	return slices.Collect(maps.Keys(seen))
}

// pages returns the Markdown pages about the project, by name. The documents of
// demo corpora and test data are not pages: they are what users might have.
func pages(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	walk(t, func(name string) {
		if path.Ext(name) == ".md" && (!strings.HasPrefix(name, "examples/") || path.Base(name) == "README.md") {
			all[name] = read(t, name)
		}
	})
	if len(all) < 20 {
		t.Fatalf("only %d pages were found", len(all))
	}
	return all
}

// walk calls f with the name of each file of the project, except test data and
// what is built.
func walk(t *testing.T, f func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && slices.Contains([]string{".git", "bin", "testdata", "node_modules", ".schemathesis"}, d.Name()):
			return filepath.SkipDir
		case d.Type().IsRegular():
			f(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.FromSlash(name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}
