package sqlite

import (
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func TestPutAndReadBack(t *testing.T) {
	ctx := t.Context()
	c := newCollection(t, 4)
	doc, passages := document("notes/회의록.md", "첫 문단입니다.", "The second one.")
	doc.Metadata = map[string]any{"split": "recursive", "page": 3.0, "draft": true}
	passages[1].Metadata = map[string]any{"_id": "x"}
	if err := c.Put(ctx, doc, passages, vectorsOf(passages, 4)); err != nil {
		t.Fatal(err)
	}
	got, found, err := c.Document(ctx, doc.Source)
	if want := (retrieval.Document{ID: doc.ID, Source: doc.Source, Title: doc.Title, Metadata: doc.Metadata}); err != nil || !found || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v %v %v, want %+v", got, found, err, want)
	}
	if id, found, err := c.Hash(ctx, doc.Source); id != doc.ID || !found || err != nil {
		t.Errorf("got %s %v %v", id, found, err)
	}
	if _, found, err := c.Hash(ctx, "another"); found || err != nil {
		t.Errorf("got %v %v", found, err)
	}
	hits := lexical(t, c, "second", 5)
	want := passages[1]
	want.Document, want.Source = doc.ID, doc.Source
	want.Score, want.Lexical = hits[0].Score, &hits[0].Score
	if len(hits) != 1 || !reflect.DeepEqual(hits[0], want) {
		t.Errorf("got %+v, want %+v", hits, want)
	}
	text, err := c.Text(ctx, hits[0].Document, hits[0].Source)
	if err != nil || string([]rune(text)[hits[0].Start:hits[0].End]) != hits[0].Text {
		t.Errorf("the passage is not where it says in %q, %v", text, err)
	}
	if text, err := c.Text(ctx, "", doc.Source); err != nil || text != doc.Text {
		t.Errorf("got %q, %v", text, err)
	}
}

func TestPutReplaces(t *testing.T) {
	ctx := t.Context()
	c := newCollection(t, 4)
	put(t, c, "a.txt", "alpha", "beta", "gamma")
	put(t, c, "b.txt", "alpha")
	old, _, err := c.Hash(ctx, "a.txt")
	if err != nil {
		t.Fatal(err)
	}
	dense(t, c, "alpha", 10)
	put(t, c, "a.txt", "delta")
	if got := idsOf(dense(t, c, "delta", 10)); !slices.Equal(got, []string{"a.txt-0", "b.txt-0"}) {
		t.Errorf("dense search finds %v", got)
	}
	if got := idsOf(lexical(t, c, "alpha beta gamma delta", 10)); len(got) != 2 {
		t.Errorf("lexical search finds %v", got)
	}
	if _, err := c.Text(ctx, old, "a.txt"); !errors.Is(err, ErrUnknownDocument) || !strings.Contains(err.Error(), "changed") {
		t.Errorf("the text of a version that is gone: %v", err)
	}
}

// Two files with the same content are two documents.
func TestSameContentTwice(t *testing.T) {
	c := newCollection(t, 4)
	put(t, c, "a.txt", "same")
	doc, passages := document("b.txt", "same")
	if err := c.Put(t.Context(), doc, passages, vectorsOf(passages, 4)); err != nil {
		t.Fatal(err)
	}
	docs, err := c.Documents(t.Context())
	if err != nil || len(docs) != 2 || docs[0].ID != docs[1].ID || docs[1].Source != "b.txt" || docs[1].Passages != 1 {
		t.Errorf("got %+v, %v", docs, err)
	}
}

func TestRemove(t *testing.T) {
	c := newCollection(t, 4)
	put(t, c, "a.txt", "alpha")
	put(t, c, "b.txt", "alpha")
	dense(t, c, "alpha", 10)
	if err := c.Remove(t.Context(), "a.txt"); err != nil {
		t.Fatal(err)
	}
	if err := c.Remove(t.Context(), "a.txt"); !errors.Is(err, ErrUnknownDocument) {
		t.Errorf("got %v", err)
	}
	if _, err := c.Text(t.Context(), "", "a.txt"); !errors.Is(err, ErrUnknownDocument) {
		t.Errorf("got %v", err)
	}
	if d, l := idsOf(dense(t, c, "alpha", 10)), idsOf(lexical(t, c, "alpha", 10)); !slices.Equal(d, []string{"b.txt-0"}) || !slices.Equal(l, d) {
		t.Errorf("found %v and %v", d, l)
	}
}

func TestPutRefuses(t *testing.T) {
	type input struct {
		doc      retrieval.Document
		passages []retrieval.Passage
		vectors  [][]float32
	}
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	tests := []struct {
		name   string
		change func(in *input)
		want   string
	}{
		{"no source", func(in *input) { in.doc.Source = "" }, "no source"},
		{"no id", func(in *input) { in.doc.ID = "" }, "no id"},
		{"no passages", func(in *input) { in.passages, in.vectors = nil, nil }, "no passages"},
		{"too few vectors", func(in *input) { in.vectors = in.vectors[:1] }, "2 passages but 1 vectors"},
		{"wrong dimension", func(in *input) { in.vectors[1] = in.vectors[1][:2] }, "2 dimensions, the collection's embedder 3"},
		{"not a number", func(in *input) { in.vectors[1][0] = nan }, "not a number"},
		{"infinite", func(in *input) { in.vectors[1][0] = inf }, "infinite"},
		{"zero vector", func(in *input) { in.vectors[1] = make([]float32, 3) }, "all zeros"},
		{"wrong offsets", func(in *input) { in.passages[1].Start++ }, "is not the document's text from 4 to 6"},
		{"offsets beyond the text", func(in *input) { in.passages[1].End = 99 }, "is not the document's text"},
		{"broken text", func(in *input) { in.doc.Text += "\xff" }, "UTF-8"},
		{"another's passage", func(in *input) { in.passages[1].Source = "other" }, "another document"},
		{"an id twice", func(in *input) { in.passages[1].ID = in.passages[0].ID }, "have the id"},
		{"an id of another document", func(in *input) { in.passages[1].ID = "old.txt-0" }, "already"},
		{"metadata without JSON", func(in *input) { in.passages[1].Metadata = map[string]any{"f": func() {}} }, "metadata"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newCollection(t, 3)
			put(t, c, "old.txt", "old")
			put(t, c, "new.txt", "version one")
			var in input
			in.doc, in.passages = document("new.txt", "하나", "둘다.")
			in.vectors = vectorsOf(in.passages, 3)
			tt.change(&in)
			err := c.Put(t.Context(), in.doc, in.passages, in.vectors)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Fatalf("got %v, want an error that says %q", err, tt.want)
			}
			if got := lexical(t, c, "version 하나 old", 10); len(got) != 2 {
				t.Errorf("a refused document changed the collection: %v", idsOf(got))
			}
		})
	}
}

// Vectors of any length give correct cosines.
func TestPutNormalises(t *testing.T) {
	c := newCollection(t, 2)
	for source, v := range map[string][]float32{"big": {3e38, 3e38}, "small": {1e-38, -1e-38}, "plain": {0, 5}} {
		doc, passages := document(source, source)
		if err := c.Put(t.Context(), doc, passages, [][]float32{v}); err != nil {
			t.Fatal(err)
		}
	}
	got, err := c.Dense(t.Context(), retrieval.Request{Vector: []float32{2, 2}, K: 3})
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{1, math.Sqrt2 / 2, 0} {
		if math.Abs(got[i].Score-want) > 1e-6 || *got[i].Dense != got[i].Score {
			t.Errorf("%s has cosine %v, want %v", got[i].ID, got[i].Score, want)
		}
	}
}
