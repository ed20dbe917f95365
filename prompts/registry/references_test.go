package registry

import (
	"errors"
	"fmt"
	"testing"

	"selfrag/prompts"
)

// TestReferencesAreFollowed has a text change that a prompt refers to, and
// then nothing but the prompt's own version.
func TestReferencesAreFollowed(t *testing.T) {
	s := newShelf()
	s.put(name, draft(shared), "production")
	cache, folder := t.TempDir(), t.TempDir()
	for _, step := range []struct {
		name   string
		change func()
		use    string
		gets   int
		pulled string // written, unchanged
	}{
		{"first", func() { s.shared = "a" }, "a #1", 2, "1 0"},
		{"nothing new", func() {}, "a #1", 2, "0 1"},
		{"what it refers to", func() { s.shared = "b" }, "b #1", 2, "1 0"},
		{"one that will not do", func() { s.shared = "c\n---\n### user\n{{.Querstion}}" }, "b #1", 2, "0 0"},
		{"down", func() { s.shared, s.fails = "d", errors.New("no route") }, "b #1", 0, ""},
		{"a version without references", func() { s.fails = nil; s.put(name, draft("e"), "production") }, "e #2", 2, "1 0"},
		{"nothing new again", func() { s.shared = "f" }, "e #2", 0, "0 1"},
	} {
		s.gets = 0
		step.change()
		got, err := Load(t.Context(), s, "production", cache)
		if err != nil {
			t.Fatalf("%s: %v", step.name, err)
		}
		if use := inUse(t, got.Prompts); use != step.use {
			t.Errorf("%s: %s is used, want %s (%s)", step.name, use, step.use, got.Warning)
		}
		p, err := Pull(t.Context(), s, "production", folder, false)
		if pulled := fmt.Sprint(len(p.Written), " ", len(p.Unchanged)); err == nil && pulled != step.pulled || err != nil && step.pulled != "" {
			t.Errorf("%s: pulled %s, %v; want %s", step.name, pulled, err, step.pulled)
		}
		if s.gets != step.gets {
			t.Errorf("%s: %d prompts were fetched, want %d", step.name, s.gets, step.gets)
		}
	}
}

// TestACacheOfAnEarlierReleaseIsFetchedAnew has a cache that does not tell
// whether its prompts refer to others.
func TestACacheOfAnEarlierReleaseIsFetchedAnew(t *testing.T) {
	s := newShelf()
	s.put(name, draft("a"), "production")
	dir := t.TempDir()
	if err := (texts{"draft.en.tmpl": {draft("old"), prompts.OriginOf(name, 1, draft("old"))}}).save(dir); err != nil {
		t.Fatal(err)
	}
	for _, gets := range []int{1, 0} {
		s.gets = 0
		got, err := Load(t.Context(), s, "production", dir)
		if err != nil || inUse(t, got.Prompts) != "a #1" || s.gets != gets {
			t.Errorf("%s is used, %d prompts were fetched; %v", inUse(t, got.Prompts), s.gets, err)
		}
	}
}
