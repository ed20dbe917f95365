package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/prompts"
)

// shelf is a registry in memory. Its versions count from 1.
type shelf struct {
	mu       sync.Mutex
	versions map[string][]Version
	shared   string // in place of shared
	gets     int
	fails    error
}

func newShelf() *shelf { return &shelf{versions: map[string][]Version{}} }

// shared stands in a prompt for a text that the shelf keeps apart.
const shared = "@@@shared@@@"

// put makes a version that alone has the labels.
func (s *shelf) put(name, text string, labels ...string) {
	v := Version{Name: name, Number: len(s.versions[name]) + 1, Text: text}
	s.versions[name] = append(s.versions[name], v)
	_ = s.Label(context.Background(), name, v.Number, labels)
}

func (s *shelf) List(_ context.Context, label string) ([]Version, error) {
	var out []Version
	for name := range s.versions {
		if v, err := s.find(name, label); err == nil {
			v.Text = ""
			out = append(out, v)
		}
	}
	return out, s.fails
}

func (s *shelf) find(name, label string) (Version, error) {
	for _, v := range s.versions[name] {
		if slices.Contains(v.Labels, label) {
			return v, nil
		}
	}
	return Version{}, fmt.Errorf("%s, %s: %w", name, label, ErrNone)
}

func (s *shelf) Get(_ context.Context, name, label string) (Version, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.gets++
	if s.fails != nil {
		return Version{}, s.fails
	}
	v, err := s.find(name, label)
	v.Composed = strings.Contains(v.Text, shared)
	v.Text = strings.ReplaceAll(v.Text, shared, s.shared)
	return v, err
}

func (s *shelf) Newest(_ context.Context, name string) (Version, error) {
	all := s.versions[name]
	if s.fails != nil {
		return Version{}, s.fails
	}
	if len(all) == 0 {
		return Version{}, ErrNone
	}
	return all[len(all)-1], nil
}

func (s *shelf) Create(_ context.Context, v Version, _ prompts.File, _ string) (int, error) {
	s.put(v.Name, v.Text, v.Labels...)
	return len(s.versions[v.Name]), nil
}

func (s *shelf) Label(_ context.Context, name string, version int, labels []string) error {
	for i := range s.versions[name] {
		v := &s.versions[name][i]
		v.Labels = slices.DeleteFunc(slices.Clone(v.Labels), func(l string) bool { return slices.Contains(labels, l) })
		if v.Number == version {
			v.Labels = labels
		}
	}
	return nil
}

const name = "selfrag/draft.en"

// draft is a prompt that will do, of a version.
func draft(version string) string {
	return "version: " + version + "\n---\n### user\n{{range .Passages}}{{data .Text}}{{end}} {{data .Question}}"
}

// inUse is the version of the draft prompt that a folder leads to, with its
// number in the registry.
func inUse(t *testing.T, folder fs.FS) string {
	t.Helper()
	set, err := prompts.New(folder)
	if err != nil {
		t.Fatal(err)
	}
	p, err := set.Render(prompts.NameDraft, "en", prompts.Draft{Question: "what?"})
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("%s #%d", p.Version, p.Origin.Version)
}

func TestLoad(t *testing.T) {
	s := newShelf()
	dir := filepath.Join(t.TempDir(), "cache")
	for _, step := range []struct {
		name    string
		change  func()
		use     string
		gets    int
		warning string
	}{
		{"nothing is there", func() {}, "1 #0", 0, "No prompt is labelled production: the built-in ones are used."},
		{"a label", func() { s.put(name, draft("a"), "production") }, "a #1", 1, ""},
		{"nothing new", func() {}, "a #1", 0, ""},
		{"a version without the label", func() { s.put(name, draft("b"), "staging") }, "a #1", 0, ""},
		{"the label moves", func() { s.put(name, draft("c"), "production") }, "c #3", 1, ""},
		{"one that will not do", func() { s.put(name, "version: d\n---\n### user\n{{data .Question}}", "production") }, "c #3", 1, "version 4: it does not use {{.Passages}}"},
		{"down", func() { s.fails = errors.New("no route") }, "c #3", 0, "cannot be fetched (no route): those fetched before are used"},
		{"down, nothing fetched before", func() {
			if err := os.RemoveAll(dir); err != nil {
				t.Fatal(err)
			}
		}, "1 #0", 0, "the built-in ones are used"},
		{"one that will not do, nothing fetched before", func() { s.fails = nil }, "1 #0", 1, "it does not use"},
		{"an unknown name", func() { s.versions = map[string][]Version{}; s.put("selfrag/drift.en", "x", "production") }, "1 #0", 0, "selfrag/drift.en: it is not a prompt"},
		{"another program's", func() {
			s.versions = map[string][]Version{}
			s.put("chat", "x", "production")
			s.put(name, draft("e"), "production")
		}, "e #1", 1, ""},
		{"the label is gone", func() { s.versions = map[string][]Version{} }, "1 #0", 0, "No prompt is labelled"},
	} {
		s.gets = 0
		step.change()
		got, err := Load(t.Context(), s, "production", dir)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if use := inUse(t, got.Prompts); use != step.use {
			t.Errorf("%s: %s is used, want %s", step.name, use, step.use)
		}
		if s.gets != step.gets {
			t.Errorf("%s: %d prompts were fetched, want %d", step.name, s.gets, step.gets)
		}
		if (got.Warning == "") != (step.warning == "") || !strings.Contains(got.Warning, step.warning) {
			t.Errorf("%s: warning %q, want %q", step.name, got.Warning, step.warning)
		}
	}
}

func TestLoadWithoutACache(t *testing.T) {
	s := newShelf()
	s.put(name, draft("a"), "production")
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	got, err := Load(t.Context(), s, "production", filepath.Join(file, "cache"))
	if err != nil || inUse(t, got.Prompts) != "a #1" || !strings.Contains(got.Warning, "cannot be kept") {
		t.Errorf("got %q, %v", got.Warning, err)
	}
}

func TestLoadDistrustsItsCache(t *testing.T) {
	s := newShelf()
	s.put(name, draft("a"), "production")
	dir := t.TempDir()
	if _, err := Load(t.Context(), s, "production", dir); err != nil {
		t.Fatal(err)
	}
	if set, err := prompts.New(os.DirFS(dir)); err != nil || set.Files()[0].Override {
		t.Errorf("the cache is no folder of prompts: %v", err)
	}
	for file, content := range map[string]string{"draft.en.tmpl": draft("changed"), prompts.OriginsFile: "{"} {
		if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := Load(t.Context(), s, "production", dir)
		if err != nil || inUse(t, got.Prompts) != "a #1" || got.Warning != "" {
			t.Errorf("%s was changed: %q, %v", file, got.Warning, err)
		}
		s.fails = errors.New("down")
		if got, err := Load(t.Context(), s, "production", dir); err != nil || inUse(t, got.Prompts) != "a #1" {
			t.Errorf("%s was not mended: %q, %v", file, got.Warning, err)
		}
		s.fails = nil
	}
}

func TestLoadEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	s := newShelf()
	s.fails = ctx.Err()
	if _, err := Load(ctx, s, "production", t.TempDir()); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestPushAndPull(t *testing.T) {
	ctx := t.Context()
	s := newShelf()
	set, err := prompts.New()
	if err != nil {
		t.Fatal(err)
	}
	push := func(files []prompts.File, o PushOptions) string {
		t.Helper()
		did := map[string]int{}
		o.Done = func(p Pushed) { did[p.Did]++ }
		if err := Push(ctx, s, files, o); err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(did)
	}
	all := set.Files()
	n := len(all)
	if got := push(all, PushOptions{DryRun: true}); got != fmt.Sprintf("map[created:%d]", n) || len(s.versions) != 0 {
		t.Errorf("on trial: %s, %d made", got, len(s.versions))
	}
	for _, want := range []string{"created", "unchanged"} {
		if got := push(all, PushOptions{}); got != fmt.Sprintf("map[%s:%d]", want, n) {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	if got := push(all[:3], PushOptions{Labels: []string{"production"}}); got != "map[labelled:3]" {
		t.Errorf("got %s", got)
	}

	dir := filepath.Join(t.TempDir(), "mine")
	pull := func(force bool) string {
		t.Helper()
		p, err := Pull(ctx, s, "production", dir, force)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprintf("%d %d %d %d", len(p.Written), len(p.Unchanged), len(p.Kept), len(p.Problems))
	}
	own := filepath.Join(dir, all[0].Path())
	edit := func(text string) {
		t.Helper()
		if err := os.WriteFile(own, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		name   string
		change func()
		force  bool
		want   string // written, unchanged, kept, problems
	}{
		{"first", func() {}, false, "3 0 0 0"},
		{"again", func() {}, false, "0 3 0 0"},
		{"edited here", func() { edit(all[0].Text + " mine") }, false, "0 2 1 0"},
		{"by force", func() {}, true, "1 2 0 0"},
		{"edited there", func() { s.put(NameOf(all[0]), all[0].Text+" theirs", "production") }, false, "1 2 0 0"},
		{"broken there", func() { s.put(NameOf(all[0]), "hi", "production") }, true, "0 2 0 1"},
	} {
		step.change()
		if got := pull(step.force); got != step.want {
			t.Errorf("%s: %s, want %s", step.name, got, step.want)
		}
	}
	// What was pulled can be used, and be pushed as it is.
	mine, err := prompts.New(os.DirFS(dir))
	if err != nil {
		t.Fatal(err)
	}
	if f := mine.Files()[0]; f.Origin.Version != 2 || !strings.HasSuffix(f.Text, " theirs") {
		t.Errorf("got %+v", f)
	}
	broken := []prompts.File{all[1], {Name: prompts.NameDraft, Language: "en", Text: "version: 1\n---\n### user\nhi"}}
	before := len(s.versions[NameOf(all[1])])
	if err := Push(ctx, s, broken, PushOptions{}); err == nil || !strings.Contains(err.Error(), "draft.en.tmpl") || len(s.versions[NameOf(all[1])]) != before {
		t.Errorf("a broken prompt: %v", err)
	}
	s.fails = errors.New("down")
	if err := Push(ctx, s, all, PushOptions{}); err == nil {
		t.Error("pushed to a registry that is down")
	}
	if _, err := Pull(ctx, s, "production", dir, false); err == nil || !strings.Contains(err.Error(), "down") {
		t.Errorf("pulled from a registry that is down: %v", err)
	}
}
