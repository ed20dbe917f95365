package retrieval_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/filtertest"
)

func TestParseField(t *testing.T) {
	for text, want := range map[string]any{
		"team=legal": "legal", "팀=법무 1팀": "법무 1팀", "year=2024": 2024.0, "share=-0.5": -0.5, "draft=true": true, `year="2024"`: "2024",
		"code=007": "007", "size=1e3": "1e3", "note=a=b": "a=b", "team=": nil, `note=""`: "", "day=2024-01-02": "2024-01-02", "id2=+1": "+1", "x=Inf": "Inf",
	} {
		if _, got, err := retrieval.ParseField(text); err != nil || got != want {
			t.Errorf("%s: got %#v, %v, want %#v", text, got, err, want)
		}
	}
	for text, want := range map[string]string{
		"team": "name=value", "=x": "no name", "source=x": "a meaning of its own", "page=1": "a meaning of its own", "set_fields=x": "a meaning of its own",
		"a\x00b=x": "not a valid name", "\xff=x": "not a valid name", strings.Repeat("가", 65) + "=x": "not a valid name",
		"x=" + strings.Repeat("가", 1001): "at most 1000 characters", "x=\xff": "not a text",
	} {
		if _, _, err := retrieval.ParseField(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: got %v, want %q", text, err, want)
		}
	}
}

func TestCheckFieldsRefuses(t *testing.T) {
	many := map[string]any{}
	for i := range 51 {
		many[strings.Repeat("x", i+1)] = true
	}
	for what, fields := range map[string]map[string]any{
		"a list": {"x": []any{"a"}}, "an object": {"x": map[string]any{}}, "an int": {"x": 1}, "too many": many, "a field of the program": {"split": "none"},
	} {
		if err := retrieval.CheckFields(fields); err == nil {
			t.Errorf("%s was taken", what)
		}
	}
	if err := retrieval.CheckFields(map[string]any{"folder": "a", "modified": "2024-01-02", "x": nil}); err != nil {
		t.Error(err)
	}
}

// TestPrefixSelectsWhatBeginsSo compares the filter with strings.HasPrefix.
func TestPrefixSelectsWhatBeginsSo(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	texts := []string{"", "a", "a/", "a/b", "a0", "a\U0010FFFF", "a\U0010FFFFb", "\U0010FFFF", "b", "규정", "규정/인사", "귤", "\uD7FF", "\uD7FFx", "\uE000"}
	for range 500 {
		texts = append(texts, filtertest.Source(r))
	}
	for _, prefix := range texts[:20] {
		f := retrieval.Prefix("folder", prefix)
		written, err := retrieval.ParseFilter("folder ^= '" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(prefix) + "'")
		if err != nil || written.String() != f.String() {
			t.Fatalf("%q: got %v, %v, want %v", prefix, written, err, f)
		}
		for _, text := range texts {
			p := retrieval.Passage{Metadata: map[string]any{"folder": text}}
			if got := f.Match(p); got != strings.HasPrefix(text, prefix) {
				t.Errorf("%q begins with %q: %t", text, prefix, got)
			}
		}
		if f.Match(retrieval.Passage{Metadata: map[string]any{"folder": 1.0}}) || f.Match(retrieval.Passage{}) {
			t.Errorf("%q matches a number, or nothing", prefix)
		}
	}
	for text, want := range map[string]string{`folder ^= 1`: "expected a text in quotes after ^=", `folder ^ "a"`: "^ is not an operator", `folder ^=`: "at the end"} {
		if _, err := retrieval.ParseFilter(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", text, err, want)
		}
	}
}
