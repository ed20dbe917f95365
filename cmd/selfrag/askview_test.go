package main

import "testing"

func TestClip(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"short", 5, "short"},
		{"longer", 5, "long…"},
		{"한국어", 6, "한국어"},
		{"한국어 질문", 6, "한국…"},
		{"한국어 질문", 5, "한국…"},
		{"e\u0301e\u0301e\u0301", 2, "e\u0301…"},
		{"", 0, ""},
		{"any", 0, "…"},
		{"any", -5, "…"},
	} {
		if got := clip(c.text, c.columns); got != c.want {
			t.Errorf("%q in %d columns: got %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}
