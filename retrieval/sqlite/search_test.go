package sqlite

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sync/errgroup"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// Dense search must agree with sorting all cosines, after any history of
// writes, whichever of them are in memory.
func TestDenseIsExact(t *testing.T) {
	const dimensions = 7
	r := rand.New(rand.NewPCG(1, 2))
	c := newCollection(t, dimensions)
	texts := map[string][]string{} // keyed by source
	for round := range 60 {
		source := fmt.Sprintf("doc%d", r.IntN(25))
		if _, ok := texts[source]; ok && r.IntN(3) == 0 {
			if err := c.Remove(t.Context(), source); err != nil {
				t.Fatal(err)
			}
			delete(texts, source)
		} else {
			texts[source] = nil
			for i := range 1 + r.IntN(80) {
				texts[source] = append(texts[source], fmt.Sprintf("%s %d %d", source, round, i))
			}
			put(t, c, source, texts[source]...)
		}
		if r.IntN(2) == 0 {
			continue
		}
		query, k := vectorOf(fmt.Sprint("query", round), dimensions), 1+r.IntN(30)
		unit, err := retrieval.UnitVector(query, dimensions)
		if err != nil {
			t.Fatal(err)
		}
		var want []retrieval.Passage
		for source, ts := range texts {
			for i, text := range ts {
				v, err := retrieval.UnitVector(vectorOf(text, dimensions), dimensions)
				if err != nil {
					t.Fatal(err)
				}
				want = append(want, retrieval.Passage{ID: fmt.Sprintf("%s-%d", source, i), Score: float64(vec.Dot(unit, v))})
			}
		}
		retrieval.SortByScore(want)
		want = want[:min(k, len(want))]
		got, err := c.Dense(t.Context(), retrieval.Request{Vector: query, K: k})
		if err != nil {
			t.Fatal(err)
		}
		if !slices.Equal(idsOf(got), idsOf(want)) {
			t.Fatalf("round %d: got %v, want %v", round, idsOf(got), idsOf(want))
		}
	}
}

// There are more vectors than one block and one goroutine handle.
func TestDenseOverManyBlocks(t *testing.T) {
	c := newCollection(t, 3)
	for d := range 5 {
		var texts []string
		for i := range scanBlock {
			texts = append(texts, fmt.Sprintf("%d/%d", d, i))
		}
		put(t, c, fmt.Sprint(d), texts...)
	}
	for _, text := range []string{"0/0", "2/511", fmt.Sprintf("4/%d", scanBlock-1)} {
		if got := dense(t, c, text, 1); len(got) != 1 || got[0].Text != text {
			t.Errorf("the nearest to %s is %v", text, idsOf(got))
		}
	}
}

func TestSearchBounds(t *testing.T) {
	c := newCollection(t, 3)
	if d, l := dense(t, c, "x", 5), lexical(t, c, "x", 5); len(d)+len(l) != 0 {
		t.Errorf("an empty collection gives %v and %v", d, l)
	}
	put(t, c, "a", "x y", "x z")
	for _, k := range []int{-1, 0, 1, 2, 3, 1000} {
		want := max(0, min(k, 2))
		if d, l := dense(t, c, "x", k), lexical(t, c, "x", k); len(d) != want || len(l) != want {
			t.Errorf("K %d gives %d and %d passages", k, len(d), len(l))
		}
	}
	for _, query := range []string{"", " ", "?!", "unrelated"} {
		if got := lexical(t, c, query, 5); len(got) != 0 {
			t.Errorf("%q finds %v", query, idsOf(got))
		}
	}
	for _, v := range [][]float32{nil, {1}, {0, 0, 0}} {
		if _, err := c.Dense(t.Context(), retrieval.Request{Vector: v, K: 1}); err == nil {
			t.Errorf("vector %v was taken", v)
		}
	}
}

// The title is searched, too, because Passage.Searchable is indexed.
func TestLexicalFindsByTitle(t *testing.T) {
	c := newCollection(t, 3)
	put(t, c, "tidegate", "It opens at high water.")
	if got := lexical(t, c, "About tidegate", 5); len(got) != 1 {
		t.Errorf("found %v", got)
	}
}

// A collection without vectors is searched lexically only.
func TestLexicalOnly(t *testing.T) {
	c := newCollection(t, 0)
	put(t, c, "a", "조수 문", "high water")
	if got := lexical(t, c, "water", 5); len(got) != 1 {
		t.Errorf("found %v", got)
	}
	if _, err := c.Dense(t.Context(), retrieval.Request{K: 1}); err == nil || !strings.Contains(err.Error(), "no vectors") {
		t.Errorf("got %v", err)
	}
	doc, passages := document("b", "text")
	if err := c.Put(t.Context(), doc, passages, [][]float32{{1}}); err == nil {
		t.Error("a vector was taken")
	}
}

// Replaced or removed passages leave no trace in BM25's statistics, and other
// collections of the file do not affect them.
func TestLexicalStatistics(t *testing.T) {
	texts := func(i int) []string {
		return []string{fmt.Sprintf("a%d b%d 공통 단어", i%3, i%5), fmt.Sprintf("a%d 또 다른 b%d 문단 %d", i%4, i%7, i)}
	}
	plain, churned := newCollection(t, 2), newCollection(t, 2)
	other, err := churned.db.Create(t.Context(), "other", testSpec(2))
	if err != nil {
		t.Fatal(err)
	}
	for i := range 30 {
		source := fmt.Sprintf("%02d", i)
		put(t, plain, source, texts(i)...)
		put(t, churned, source, "something else", "a1 a1 a1 b1")
		put(t, other, source, "a1 b2 문단")
		put(t, churned, source+" passing", "a2 b2")
		put(t, churned, source, texts(i)...)
		if err := churned.Remove(t.Context(), source+" passing"); err != nil {
			t.Fatal(err)
		}
	}
	for _, query := range []string{"a1", "b2 문단", "다른 단어 a3"} {
		want, got := lexical(t, plain, query, 60), lexical(t, churned, query, 60)
		if !reflect.DeepEqual(got, want) || len(got) == 0 {
			t.Errorf("%s: got %v, want %v", query, idsOf(got), idsOf(want))
		}
	}
}

// A process that has the vectors in memory finds what another process stores.
func TestSearchSeesOtherProcesses(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	mine, theirs := createIn(t, openAt(t, path), 4), createIn(t, openAt(t, path), 4)
	for i := range 5 {
		text := fmt.Sprintf("text %d", i)
		put(t, theirs, fmt.Sprint(i), text)
		if d, l := dense(t, mine, text, 1), lexical(t, mine, text, 10); d[0].Text != text || len(l) != i+1 {
			t.Errorf("after %d writes: %v and %v", i+1, d, l)
		}
	}
	if err := theirs.Remove(t.Context(), "2"); err != nil {
		t.Fatal(err)
	}
	if got := dense(t, mine, "text 2", 10); len(got) != 4 {
		t.Errorf("a removed document is found: %v", idsOf(got))
	}
}

// Two processes write to one collection while both search it.
func TestConcurrentUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	collections := []*Collection{createIn(t, openAt(t, path), 8), createIn(t, openAt(t, path), 8)}
	const documents = 20
	g, ctx := errgroup.WithContext(t.Context())
	for n, c := range collections {
		for w := range 2 {
			g.Go(func() error {
				for i := range documents {
					source := fmt.Sprintf("%d/%d/%d", n, w, i)
					if err := tryPut(ctx, c, source, source+" one", source+" two"); err != nil {
						return err
					}
				}
				return nil
			})
			g.Go(func() error {
				for i := range documents {
					text := fmt.Sprintf("%d/%d/%d one", n, w, i)
					found, err := c.Dense(ctx, retrieval.Request{Vector: vectorOf(text, 8), K: 5})
					if err != nil {
						return err
					}
					if !slices.IsSortedFunc(found, func(a, b retrieval.Passage) int { return int(b.Score - a.Score) }) {
						return fmt.Errorf("not in order: %v", found)
					}
					if _, err := c.Lexical(ctx, retrieval.Request{Text: text, K: 5}); err != nil {
						return err
					}
				}
				return nil
			})
			g.Go(func() error { // both write this document
				return tryPut(ctx, c, "contended", fmt.Sprintf("by %d", n))
			})
		}
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	for n, c := range collections {
		if got, want := len(dense(t, c, "x", 1000)), 2*2*documents*2+1; got != want {
			t.Errorf("process %d finds %d passages, want %d", n, got, want)
		}
	}
}

func TestSearchStopsWithItsContext(t *testing.T) {
	c := newCollection(t, 3)
	put(t, c, "a", "x")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, denseErr := c.Dense(ctx, retrieval.Request{Vector: []float32{1, 0, 0}, K: 1})
	_, lexicalErr := c.Lexical(ctx, retrieval.Request{Text: "x", K: 1})
	for _, err := range []error{denseErr, lexicalErr, tryPut(ctx, c, "b", "y")} {
		if !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	}
	if got := dense(t, c, "x", 5); len(got) != 1 {
		t.Errorf("found %v", got)
	}
}

func TestTop(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		k := r.IntN(12)
		best := top{k: k}
		var all []hit
		for i := range r.IntN(60) {
			h := hit{int64(i), float64(r.IntN(10))} // with ties
			all = append(all, h)
			best.offer(h)
		}
		slices.SortFunc(all, compare)
		slices.SortFunc(best.hits, compare)
		if want := all[:min(k, len(all))]; !slices.Equal(best.hits, want) {
			t.Fatalf("the best %d of %v: got %v", k, all, best.hits)
		}
	}
}
