package storetest

import (
	"context"
	"errors"
	"slices"
	"testing"

	"selfrag/retrieval"
)

// testRename renames a document and looks for all that must stay as it was, and
// for what must not: its old source, in the documents and in a filter that was
// used before.
func testRename(t *testing.T, s Store) {
	ctx := t.Context()
	c, _ := fresh(t, s.Open(t))
	doc, passages := document("초안.md", map[string]any{"team": "법무"}, "첫째 문단", "second paragraph")
	other, others := document("b.md", nil, "another file")
	put(t, c, doc, passages)
	put(t, c, other, others)
	from := retrieval.Request{Text: "첫째 문단", K: 10, Filter: retrieval.Comparison{Field: "source", Op: retrieval.Equal, Value: "초안.md"}}
	to := retrieval.Request{Text: "첫째 문단", K: 10, Filter: retrieval.Comparison{Field: "source", Op: retrieval.Equal, Value: "확정.md"}}
	if n, m := len(dense(t, c, from)), len(dense(t, c, to)); n != 2 || m != 0 {
		t.Fatalf("before there are %d and %d passages", n, m)
	}
	if err := c.Rename(ctx, "초안.md", "확정.md"); err != nil {
		t.Fatal(err)
	}
	if found := dense(t, c, from); len(found) != 0 {
		t.Errorf("the old source still has %v", ids(found))
	}
	found := dense(t, c, to)
	if len(found) != 2 || found[0].Text != "첫째 문단" || found[0].Source != "확정.md" || found[0].Metadata["team"] != "법무" || found[0].Score < 0.999 {
		t.Fatalf("under the new source there is %+v", found)
	}
	if text, err := c.Text(ctx, doc.ID, "확정.md"); err != nil || text != doc.Text {
		t.Errorf("got text %q, %v", text, err)
	}
	if got, ok, err := c.Document(ctx, "확정.md"); err != nil || !ok || got.ID != doc.ID || got.Title != doc.Title {
		t.Errorf("got %+v, %v, %v", got, ok, err)
	}
	if _, ok, err := c.Document(ctx, "초안.md"); err != nil || ok {
		t.Errorf("the old document is there: %v, %v", ok, err)
	}
	if !s.NoLexical {
		if hits, err := c.Lexical(ctx, retrieval.Request{Text: "second paragraph", K: 1}); err != nil || len(hits) != 1 || hits[0].Source != "확정.md" {
			t.Errorf("lexical search: %+v, %v", hits, err)
		}
	}
	// A document of the same content can come back under the old source, and the
	// renamed one can be replaced.
	put(t, c, doc, passages)
	again, anew := document("확정.md", nil, "첫째 문단", "second paragraph")
	put(t, c, again, anew)
	if docs, err := c.Documents(ctx); err != nil || len(docs) != 3 {
		t.Errorf("got %+v, %v", docs, err)
	}
	if err := c.Rename(ctx, "초안.md", "b.md"); !errors.Is(err, retrieval.ErrTaken) {
		t.Errorf("to a source that is taken: %v", err)
	}
	if err := c.Rename(ctx, "초안.md", "초안.md"); !errors.Is(err, retrieval.ErrTaken) {
		t.Errorf("to its own source: %v", err)
	}
	if err := c.Rename(ctx, "없음.md", "c.md"); !errors.Is(err, retrieval.ErrUnknownDocument) {
		t.Errorf("an unknown document: %v", err)
	}
	for _, bad := range []string{"", "\xff"} {
		if err := c.Rename(ctx, "초안.md", bad); err == nil {
			t.Errorf("the source %q was taken", bad)
		}
	}
	if got := ids(dense(t, c, retrieval.Request{Text: "x", K: 10})); len(got) != 5 || len(slices.Compact(got)) != 5 {
		t.Errorf("after the refusals there are %v", got)
	}
}

// testRenameCollection renames a collection with its documents.
func testRenameCollection(t *testing.T, s Store) {
	ctx := t.Context()
	db := s.Open(t)
	c, name := fresh(t, db)
	_, taken := fresh(t, db)
	doc, passages := document("a.md", map[string]any{"page": 2.0}, "첫째 문단", "second")
	put(t, c, doc, passages)
	if err := db.Rename(ctx, name, taken); !errors.Is(err, retrieval.ErrTaken) {
		t.Errorf("to a name that is taken: %v", err)
	}
	if err := db.Rename(ctx, name, name); !errors.Is(err, retrieval.ErrTaken) {
		t.Errorf("to its own name: %v", err)
	}
	if err := db.Rename(ctx, "없는-것", name+"-2"); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("an unknown collection: %v", err)
	}
	if err := db.Rename(ctx, name, "a/b"); err == nil {
		t.Error("an impossible name was taken")
	}
	if err := db.Rename(ctx, name, name+"-새이름"); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Collection(ctx, name); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("the old name: %v", err)
	}
	renamed, err := db.Collection(ctx, name+"-새이름")
	if err != nil {
		t.Fatal(err)
	}
	if info, err := renamed.Info(ctx); err != nil || info.Name != name+"-새이름" || info.Documents != 1 || info.Passages != 2 || !renamed.Spec().Same(spec()) {
		t.Errorf("got %+v, %v", info, err)
	}
	if got := ids(dense(t, renamed, retrieval.Request{Text: "x", K: 10})); !slices.Equal(got, []string{"a.md-0", "a.md-1"}) {
		t.Errorf("it has %v", got)
	}
	if text, err := renamed.Text(ctx, doc.ID, "a.md"); err != nil || text != doc.Text {
		t.Errorf("got text %q, %v", text, err)
	}
	// Another collection can have the old name, with nothing of this one.
	empty, err := db.Create(ctx, name, spec())
	if err != nil {
		t.Fatal(err)
	}
	if got := dense(t, empty, retrieval.Request{Text: "x", K: 10}); len(got) != 0 {
		t.Errorf("the new collection has %v", ids(got))
	}
	if err := db.Delete(context.WithoutCancel(ctx), name+"-새이름"); err != nil {
		t.Error(err)
	}
}
