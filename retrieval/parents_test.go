package retrieval

import (
	"context"
	"errors"
	"testing"
)

type texts map[string]string

func (t texts) Text(_ context.Context, _, source string) (string, error) {
	text, ok := t[source]
	if !ok {
		return "", errors.New("it is gone")
	}
	return text, nil
}

func TestReadParents(t *testing.T) {
	child := func(id, source, text string, start, parentStart, parentEnd int) Passage {
		return Passage{
			ID: id, Source: source, Text: text, Start: start, End: start + len([]rune(text)),
			Metadata: map[string]any{ParentStart: float64(parentStart), ParentEnd: float64(parentEnd)},
		}
	}
	found := []Passage{
		child("2", "a", "다섯", 5, 3, 8),
		child("1", "a", "넷", 3, 3, 8), // has the same parent
		{ID: "alone", Source: "b", Text: "alone"},
		child("gone", "c", "gone", 0, 0, 9),
		child("late", "a", "하나", 0, 0, 2),
	}
	got, degraded, err := readParents(t.Context(), texts{"a": "하나 넷 다섯 여섯"}, found, 3)
	if err != nil || degraded == "" || len(got) != 3 {
		t.Fatalf("got %+v, %q, %v", got, degraded, err)
	}
	if p := got[0]; p.ID != "2" || p.Text != "넷 다섯 " || p.Start != 3 || p.End != 8 {
		t.Errorf("the parent is %+v", p)
	}
	if got[1].ID != "alone" || got[2].ID != "gone" || got[2].Text != "gone" {
		t.Errorf("got %+v", got[1:])
	}
	// Impossible offsets are ignored.
	broken := child("x", "a", "넷", 3, 4, 2)
	if got, _, _ := readParents(t.Context(), texts{"a": "하나 넷"}, []Passage{broken}, 1); got[0].Text != "넷" {
		t.Errorf("got %+v", got)
	}
}
