package storetest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// testParts reads documents passage by passage.
func testParts(t *testing.T, s Store) {
	ctx := t.Context()
	c, _ := fresh(t, s.Open(t))
	doc, passages := document("안내.md", map[string]any{"lang": "ko"}, "0123456789", "가나다라마바사아자차", "abcdefghij", "마지막 문단입니다.")
	// Neighbouring passages share runes, and one passage is in another
	// language.
	passages[1].Start, passages[1].Text = 5, string([]rune(doc.Text)[5:passages[1].End])
	passages[2].Metadata = map[string]any{"lang": "en"}
	other, others := document("other.md", nil, "another file", "with another passage")
	stored := slices.Clone(passages)
	slices.Reverse(stored) // results are in the order of offsets, not of storing
	put(t, c, doc, stored)
	put(t, c, other, others)

	korean := retrieval.Comparison{Field: "lang", Op: retrieval.Equal, Value: "ko"}
	for _, tt := range []struct {
		name string
		part retrieval.Part
		want string
	}{
		{"all", retrieval.Part{K: 10}, "0 1 2 3"},
		{"named by its version", retrieval.Part{Document: doc.ID, K: 10}, "0 1 2 3"},
		{"the first", retrieval.Part{K: 2}, "0 1"},
		{"none", retrieval.Part{K: 0}, ""},
		{"fewer than none", retrieval.Part{K: -1}, ""},
		{"from a rune on", retrieval.Part{From: 10, K: 10}, "1 2 3"},
		{"up to a rune", retrieval.Part{To: 5, K: 10}, "0"},
		{"one rune", retrieval.Part{From: 5, To: 6, K: 10}, "0 1"},
		{"between passages", retrieval.Part{From: 21, To: 22, K: 10}, ""},
		{"behind its end", retrieval.Part{From: 1000, K: 10}, ""},
		{"filtered", retrieval.Part{Filter: korean, K: 10}, "0 1 3"},
		{"the first of the filtered", retrieval.Part{Filter: korean, From: 21, K: 1}, "3"},
	} {
		tt.part.Source = doc.Source
		got, err := c.Passages(ctx, tt.part)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		var numbers []string
		for _, p := range got {
			i := slices.IndexFunc(passages, func(want retrieval.Passage) bool { return want.ID == p.ID })
			if i < 0 {
				t.Errorf("%s: passage %q", tt.name, p.ID)
				continue
			}
			numbers = append(numbers, fmt.Sprint(i))
			if want := passages[i]; p.Document != doc.ID || p.Source != doc.Source || p.Title != doc.Title || p.Text != want.Text ||
				p.Start != want.Start || p.End != want.End || p.Metadata["lang"] != want.Metadata["lang"] || p.Score != 0 {
				t.Errorf("%s: passage %d came back as %+v", tt.name, i, p)
			}
		}
		if got := strings.Join(numbers, " "); got != tt.want {
			t.Errorf("%s: got passages %q, want %q", tt.name, got, tt.want)
		}
	}

	for _, tt := range []retrieval.Part{{Source: "없음.md", K: 1}, {Source: doc.Source, Document: other.ID, K: 1}, {Source: doc.Source, Document: "x", K: 0}} {
		if _, err := c.Passages(ctx, tt); !errors.Is(err, retrieval.ErrUnknownDocument) {
			t.Errorf("%+v: %v", tt, err)
		}
	}
	if _, err := c.Passages(ctx, retrieval.Part{Source: doc.Source, K: 1, Filter: retrieval.Comparison{Field: "a", Op: "~", Value: 1.0}}); err == nil {
		t.Error("an impossible filter was taken")
	}
	// A new version replaces the old one, and a removed document is gone.
	doc2, passages2 := document(doc.Source, nil, "changed")
	put(t, c, doc2, passages2)
	if _, err := c.Passages(ctx, retrieval.Part{Source: doc.Source, Document: doc.ID, K: 1}); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("the version before: %v", err)
	}
	if got, err := c.Passages(ctx, retrieval.Part{Source: doc.Source, K: 9}); err != nil || len(got) != 1 || got[0].Text != "changed" {
		t.Errorf("the new version: %+v, %v", got, err)
	}
	if err := c.Remove(ctx, doc.Source); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Passages(ctx, retrieval.Part{Source: doc.Source, K: 1}); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("after it was removed: %v", err)
	}
}
