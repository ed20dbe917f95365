package storetest

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// Dense search must find the nearest passages by cosine, in order, with all
// their fields.
func testSearch(t *testing.T, s Store) {
	c, _ := fresh(t, s.Open(t))
	var all []retrieval.Passage
	for i := range 20 {
		doc, passages := document(fmt.Sprintf("%d.md", i), map[string]any{"n": float64(i)}, fmt.Sprintf("문서 %d 하나", i), fmt.Sprintf("document %d two", i))
		put(t, c, doc, passages)
		all = append(all, passages...)
	}
	query := vectorOf("질문")
	slices.SortFunc(all, func(a, b retrieval.Passage) int {
		return int(math.Copysign(1, cosine(query, vectorOf(b.Text))-cosine(query, vectorOf(a.Text))))
	})
	found := dense(t, c, retrieval.Request{Vector: query, K: 7})
	if len(found) != 7 {
		t.Fatalf("found %d of 7", len(found))
	}
	for i, p := range found {
		want := all[i]
		exact := cosine(query, vectorOf(want.Text))
		if p.Dense == nil || math.Abs(*p.Dense-exact) > 1e-4 || p.Score != *p.Dense || p.Lexical != nil {
			t.Errorf("place %d scores %v, its cosine is %f", i, p.Dense, exact)
		}
		p.Score, p.Dense = 0, nil
		if !reflect.DeepEqual(p, want) {
			t.Errorf("place %d:\n got %+v\nwant %+v", i, p, want)
		}
	}
}

func cosine(a, b []float32) float64 {
	var dot, aa, bb float64
	for i := range a {
		dot += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return dot / math.Sqrt(aa*bb)
}

type embedder struct{}

func (embedder) EmbedQuery(_ context.Context, text string) ([]float32, error) {
	return vectorOf(text), nil
}

func testHybrid(t *testing.T, s Store) {
	ctx := t.Context()
	c, _ := fresh(t, s.Open(t))
	texts := []string{"등대지기는 밤마다 불을 켠다.", "The harbour master reads the tide table.", "조수 문은 만조에 열린다.", "Word2Vec이란 단어를 벡터로 바꾸는 방법이다."}
	doc, passages := document("harbour.md", nil, texts...)
	put(t, c, doc, passages)
	two, err := retrieval.New(c, embedder{}, nil, retrieval.Config{})
	if err != nil {
		t.Fatal(err)
	}
	// The vector of a text has nothing in common with those of other texts, so
	// a question finds passages only by its words.
	result, err := two.Search(ctx, texts[2])
	if err != nil || len(result.Passages) != len(texts) || result.Passages[0].Text != texts[2] {
		t.Fatalf("got %+v, %v", result, err)
	}
	if s.NoLexical {
		if !strings.Contains(result.Degraded, "vectors only") {
			t.Errorf("nothing is said of the missing lexical side: %q", result.Degraded)
		}
		if _, err := c.Lexical(ctx, retrieval.Request{Text: "조수", K: 3}); !errors.Is(err, retrieval.ErrNoLexical) {
			t.Errorf("lexical search: %v", err)
		}
		return
	}
	if result.Degraded != "" || result.Passages[0].Lexical == nil || result.Passages[0].Dense == nil {
		t.Errorf("got %+v", result)
	}
	for query, want := range map[string]int{"만조에 열리는 조수 문": 2, "ｗｏｒｄ２ｖｅｃ 에 대해서": 3, "TIDE table?": 1, `등대" OR *`: 0} {
		found, err := c.Lexical(ctx, retrieval.Request{Text: query, K: 3})
		if err != nil || len(found) == 0 || found[0].Text != texts[want] || found[0].Lexical == nil || *found[0].Lexical <= 0 {
			t.Errorf("%s: got %+v, %v", query, found, err)
		}
	}
	for _, query := range []string{"zebra", "", "?!", "얼룩"} {
		if found, err := c.Lexical(ctx, retrieval.Request{Text: query, K: 3}); err != nil || len(found) > 0 {
			t.Errorf("%q: got %+v, %v", query, found, err)
		}
	}
}
