package retrieval

import (
	"context"
	"errors"
	"testing"
)

// read is a store that can read documents.
type read struct {
	Store
	part Part
}

func (r *read) Passages(_ context.Context, part Part) ([]Passage, error) {
	r.part = part
	return []Passage{{ID: "p"}}, nil
}

// Reading a document applies the filter of the search in addition to any other
// filter.
func TestPartsPassTheFilter(t *testing.T) {
	own := Comparison{Field: "team", Op: Equal, Value: "a"}
	asked := Comparison{Field: "lang", Op: Equal, Value: "ko"}
	for _, tt := range []struct {
		own, asked Filter
		want       string
	}{
		{nil, nil, "<nil>"},
		{own, nil, own.String()},
		{nil, asked, asked.String()},
		{own, asked, And{own, asked}.String()},
	} {
		store := &read{}
		search, err := New(store, nil, nil, Config{Mode: Lexical, Filter: tt.own})
		if err != nil {
			t.Fatal(err)
		}
		found, err := search.Passages(t.Context(), Part{Source: "a.md", From: 1, To: 2, K: 3, Filter: tt.asked})
		if err != nil || len(found) != 1 {
			t.Errorf("got %+v, %v", found, err)
		}
		got := "<nil>"
		if store.part.Filter != nil {
			got = store.part.Filter.String()
		}
		if got != tt.want || store.part.Source != "a.md" || store.part.From != 1 || store.part.To != 2 || store.part.K != 3 {
			t.Errorf("the store is asked for %+v, want the filter %s", store.part, tt.want)
		}
	}
	search, err := New(struct{ Store }{}, nil, nil, Config{Mode: Lexical})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := search.Passages(t.Context(), Part{Source: "a.md"}); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a store that reads no documents: %v", err)
	}
}
