package storetest

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// hostileStrings returns strings that a user or a document may contain and that
// the language of a store could misinterpret.
func hostileStrings() []string {
	return []string{
		`"`, `'`, `\`, `\"`, `\\" or id != "`, `' OR 1=1 --`, `"; DROP TABLE passages; --`, "nul\x00inside", "\x00", "tab\tline\nreturn\r",
		"\u2028line separator", "bell\a del\x7f", `tenant == ""`, `x" or tenant like "%`, `%_*?[]{}()`, "$1 :name ?1 {tenant}", "漢字 훈민정음 ㅎㅏㄴ",
		"😀👩‍👩‍👧 e\u0301", "\ufeffbom", "json_extract(metadata, '$.a')", `$."a"`, `a.b[0]`, "/slash~tilde", "NULL", "true", "1", "1.0", "", " ",
		strings.Repeat("가", 10_000),
	}
}

// testFilter compares searches with Filter.Match, for given filters and for
// random ones.
func testFilter(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	all := filterable(t, c)
	is := func(field string, value any) retrieval.Filter {
		return retrieval.Comparison{Field: field, Op: retrieval.Equal, Value: value}
	}
	filters := []retrieval.Filter{
		is("lang", "ko"), is("page", 3.0), is("draft", true), is("missing", "x"), is("id", "f1.md-0"), is("source", "f2.md"), is("title", "제목 f3.md"),
		is("page", "3"), is("lang", 3.0), is("mixed", 1.0), is("mixed", true), is("mixed", "1"), is("id", 1.0),
		retrieval.Comparison{Field: "lang", Op: retrieval.NotEqual, Value: "ko"},
		retrieval.Comparison{Field: "missing", Op: retrieval.NotEqual, Value: "x"},
		retrieval.Not{Filter: is("missing", "x")},
		retrieval.Not{Filter: retrieval.Comparison{Field: "page", Op: retrieval.Less, Value: 3.0}},
		retrieval.Not{Filter: is("mixed", true)}, retrieval.Not{Filter: is("mixed", 1.0)},
		retrieval.In{Field: "page", Values: []any{1.0, 2.0, "3"}}, retrieval.In{Field: "lang"}, retrieval.Not{Filter: retrieval.In{Field: "lang"}},
		retrieval.And{}, retrieval.Or{}, retrieval.And{retrieval.And{}, retrieval.Or{}},
		retrieval.And{is("lang", "en"), retrieval.Or{is("draft", false), retrieval.Comparison{Field: "page", Op: retrieval.GreaterOrEqual, Value: 4.0}}},
	}
	many := retrieval.In{Field: "lang"}
	for i := range 999 {
		many.Values = append(many.Values, fmt.Sprintf("no-%d", i))
	}
	many.Values = append(many.Values, "ko")
	filters = append(filters, many, retrieval.Not{Filter: many})
	r := rand.New(rand.NewPCG(21, 22))
	for range 80 {
		filters = append(filters, randomFilter(r, 3))
	}
	for _, f := range filters {
		holdToMatch(t, s, c, all, f)
	}
}

// filterable puts documents whose metadata differ in value, type and presence.
func filterable(t *testing.T, c Collection) []retrieval.Passage {
	t.Helper()
	var all []retrieval.Passage
	for i := range 24 {
		m := map[string]any{"page": float64(i % 6), "quote\"d \\key": "q", "한글 키": []string{"가", "나"}[i%2], "dot.ted": i%3 == 0}
		if i%4 != 0 {
			m["lang"] = []string{"ko", "en", "ja"}[i%3]
		}
		if i%3 != 0 {
			m["draft"] = i%2 == 0
		}
		m["mixed"] = []any{1.0, "1", true, 0.0, false, "", "true"}[i%7]
		doc, passages := document(fmt.Sprintf("f%d.md", i), m, fmt.Sprintf("공통 글 %d", i))
		put(t, c, doc, passages)
		all = append(all, passages...)
	}
	return all
}

func holdToMatch(t *testing.T, s Store, c Collection, all []retrieval.Passage, f retrieval.Filter) {
	t.Helper()
	var matching []retrieval.Passage
	for _, p := range all {
		if f.Match(p) {
			matching = append(matching, p)
		}
	}
	want := ids(matching)
	if got := ids(dense(t, c, retrieval.Request{Text: "x", K: len(all), Filter: f})); !slices.Equal(got, want) {
		t.Errorf("filter %.300v: dense search found %s, want %s", f, brief(got), brief(want))
	}
	if got := dense(t, c, retrieval.Request{Text: "x", K: 2, Filter: f}); len(got) != min(2, len(want)) {
		t.Errorf("filter %.300v with K 2: dense search found %s of %s", f, brief(ids(got)), brief(want))
	}
	if s.NoLexical {
		return
	}
	found, err := c.Lexical(t.Context(), retrieval.Request{Text: "공통", K: len(all), Filter: f})
	if err != nil {
		t.Fatalf("filter %.300v: %v", f, err)
	}
	if got := ids(found); !slices.Equal(got, want) {
		t.Errorf("filter %.300v: lexical search found %s, want %s", f, brief(got), brief(want))
	}
}

// brief returns a short list of ids for a message.
func brief(ids []string) string {
	return fmt.Sprintf("%.24q", ids[:min(len(ids), 10)]) + fmt.Sprintf(" (%d)", len(ids))
}

func randomFilter(r *rand.Rand, depth int) retrieval.Filter {
	parts := func() []retrieval.Filter {
		var list []retrieval.Filter
		for range r.IntN(3) + 1 {
			list = append(list, randomFilter(r, depth-1))
		}
		return list
	}
	if depth > 0 {
		switch r.IntN(5) {
		case 0:
			return retrieval.And(parts())
		case 1:
			return retrieval.Or(parts())
		case 2:
			return retrieval.Not{Filter: randomFilter(r, depth-1)}
		}
	}
	fields := []string{"lang", "page", "draft", "mixed", "missing", "id", "source", "title", "document", "quote\"d \\key", "한글 키", "dot.ted", "nul\x00", "/~"}
	values := []any{"ko", "en", 3.0, 1.0, 0.0, -2.5, 1e300, true, false, "1", "", "f3.md", "f1.md-0", "제목 f2.md", "가", "q", "a\x00b", `" or "`}
	value := func() any { return values[r.IntN(len(values))] }
	field := fields[r.IntN(len(fields))]
	if r.IntN(4) == 0 {
		return retrieval.In{Field: field, Values: []any{value(), value(), value()}}
	}
	ops := []retrieval.Op{retrieval.Equal, retrieval.NotEqual, retrieval.Less, retrieval.LessOrEqual, retrieval.Greater, retrieval.GreaterOrEqual}
	c := retrieval.Comparison{Field: field, Op: ops[r.IntN(len(ops))], Value: value()}
	if retrieval.CheckFilter(c) != nil { // for example an ordering of bools
		c.Op = retrieval.Equal
	}
	return c
}

// testHostile puts hostile strings into every field and into filters.
func testHostile(t *testing.T, s Store) {
	ctx := t.Context()
	c, _ := fresh(t, s.Open(t))
	var all []retrieval.Passage
	for i, h := range hostileStrings() {
		if strings.TrimSpace(h) == "" {
			h = fmt.Sprintf("blank %d", i)
		}
		text := h + " 공통"
		key := h
		if len(key) > 1000 {
			key = key[:999]
		}
		doc, passages := document(fmt.Sprintf("%s #%d", h, i), map[string]any{key: h, "v": h}, text)
		passages[0].Title, doc.Title = h, h
		if i%2 == 1 {
			doc.ID = h + doc.ID
			passages[0].Document = doc.ID
		}
		put(t, c, doc, passages)
		got, found, err := c.Document(ctx, doc.Source)
		if err != nil || !found || got.ID != doc.ID || got.Title != h || got.Metadata["v"] != h || got.Metadata[key] != h {
			t.Errorf("%.40q: got %.200v, %v, %v", h, got, found, err)
		}
		if text, err := c.Text(ctx, doc.ID, doc.Source); err != nil || text != doc.Text {
			t.Errorf("%.40q: the text came back as %.40q, %v", h, text, err)
		}
		all = append(all, passages...)
	}
	for _, p := range dense(t, c, retrieval.Request{Text: "x", K: len(all)}) {
		if !slices.ContainsFunc(all, func(want retrieval.Passage) bool {
			return p.ID == want.ID && p.Text == want.Text && p.Title == want.Title && p.Source == want.Source && p.Document == want.Document
		}) {
			t.Errorf("passage %.60q came back changed", p.ID)
		}
	}
	for _, p := range all {
		h := p.Title
		for _, f := range []retrieval.Filter{
			retrieval.Comparison{Field: "v", Op: retrieval.Equal, Value: h},
			retrieval.Comparison{Field: "id", Op: retrieval.Equal, Value: p.ID},
			retrieval.Not{Filter: retrieval.Comparison{Field: "title", Op: retrieval.LessOrEqual, Value: h}},
			retrieval.In{Field: h, Values: []any{h, "no"}},
			retrieval.Comparison{Field: h, Op: retrieval.NotEqual, Value: h},
		} {
			holdToMatch(t, s, c, all, f)
		}
		if s.NoLexical {
			continue
		}
		if _, err := c.Lexical(ctx, retrieval.Request{Text: h, K: 3}); err != nil {
			t.Errorf("a question %.40q: %v", h, err)
		}
	}
}
