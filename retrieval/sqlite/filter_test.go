package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/filtertest"
)

// putRandom puts a document of random passages with the given source. It
// returns the passages as searches return them.
func putRandom(t *testing.T, c *Collection, r *rand.Rand, source string) []retrieval.Passage {
	t.Helper()
	var passages []retrieval.Passage
	var text strings.Builder
	start := 0
	for n := range 1 + r.IntN(70) {
		p := filtertest.Passage(r, source, n)
		p.Start, p.End = start, start+len([]rune(p.Text))
		start = p.End
		text.WriteString(p.Text)
		passages = append(passages, p)
	}
	doc := retrieval.Document{ID: fmt.Sprintf("%x", r.Uint64()), Source: source, Text: text.String()}
	if err := c.Put(t.Context(), doc, passages, vectorsOf(passages, c.spec.Dimensions)); err != nil {
		t.Fatal(err)
	}
	for i := range passages {
		passages[i].Document = doc.ID
	}
	return passages
}

// searches returns both searches. Each finds all passages, because every
// passage shares a term with the query.
func searches(c *Collection) map[string]func(context.Context, retrieval.Request) ([]retrieval.Passage, error) {
	return map[string]func(context.Context, retrieval.Request) ([]retrieval.Passage, error){"dense": c.Dense, "lexical": c.Lexical}
}

// A search with a filter must equal a search without one followed by removing
// what does not match, after any history of writes.
func FuzzFilter(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, "")
	}
	f.Add(uint64(9), "source = \"'\" or id in (\"'-0\", 'ko-1')")
	f.Add(uint64(10), `{"and":[{"field":"document","op":"!=","value":"x"},{"field":"lang","in":["ko",true,1]}]}`)
	f.Fuzz(func(t *testing.T, seed uint64, text string) {
		asked, err := retrieval.ParseFilter(text)
		if err != nil {
			return
		}
		r := rand.New(rand.NewPCG(seed, 1))
		c := newCollection(t, 3)
		stored := map[string][]retrieval.Passage{}
		filters := []retrieval.Filter{asked}
		for range 6 {
			filters = append(filters, filtertest.Filter(r, 3))
		}
		for range 5 {
			source := filtertest.Source(r)
			if stored[source] != nil && r.IntN(2) == 0 {
				if err := c.Remove(t.Context(), source); err != nil {
					t.Fatal(err)
				}
				delete(stored, source)
			} else {
				stored[source] = putRandom(t, c, r, source)
			}
			for _, filter := range filters {
				checkFiltered(t, c, filter, slices.Concat(slices.Collect(valuesOf(stored))...))
			}
		}
	})
}

func valuesOf(m map[string][]retrieval.Passage) func(yield func([]retrieval.Passage) bool) {
	return func(yield func([]retrieval.Passage) bool) {
		for _, v := range m {
			if !yield(v) {
				return
			}
		}
	}
}

func checkFiltered(t *testing.T, c *Collection, f retrieval.Filter, stored []retrieval.Passage) {
	t.Helper()
	for name, search := range searches(c) {
		query := retrieval.Request{Text: "text", Vector: []float32{1, 2, 3}, K: 1000}
		all, err := search(t.Context(), query)
		if err != nil || len(all) != len(stored) {
			t.Fatalf("%s finds %d of %d passages, %v", name, len(all), len(stored), err)
		}
		want := all
		if f != nil {
			want = slices.DeleteFunc(slices.Clone(all), func(p retrieval.Passage) bool { return !f.Match(p) })
			matching := 0
			for _, p := range stored {
				if f.Match(p) {
					matching++
				}
			}
			if matching != len(want) {
				t.Fatalf("%s: %d passages match as they were put, %d as they are found", f, matching, len(want))
			}
		}
		for _, k := range []int{1000, 3} {
			query.K, query.Filter = k, f
			got, err := search(t.Context(), query)
			if err != nil {
				t.Fatalf("%s with %s: %v", name, f, err)
			}
			// If the limit falls between passages with equal scores, any of
			// them may be in the result.
			best, ids := want[:min(k, len(want))], idsOf(want)
			same := len(got) == len(best)
			for i := range min(len(got), len(best)) {
				same = same && got[i].Score == best[i].Score && slices.Contains(ids, got[i].ID)
			}
			if !same || k > len(want) && !slices.Equal(idsOf(got), ids) {
				t.Fatalf("%s with %s: got %q, want %q", name, f, idsOf(got), idsOf(best))
			}
		}
	}
}

// A filter uses an index if possible.
func TestFilterNarrows(t *testing.T) {
	for text, want := range map[string]string{
		`source = "a"`:                                   "d.source IN (SELECT value FROM json_each(?))",
		`source = "a" and lang = "ko"`:                   "(d.source IN (SELECT value FROM json_each(?)))",
		`source = "a" or id in ("b")`:                    "(d.source IN (SELECT value FROM json_each(?)) OR p.name IN (SELECT value FROM json_each(?)))",
		`source = "a" or lang = "ko"`:                    everything,
		`not source = "a"`:                               everything,
		`lang = "ko"`:                                    everything,
		"source = \"a\x00\"":                             everything,
		strings.Repeat(`id = "a" or `, 200) + `id = "b"`: everything,
	} {
		f, err := retrieval.ParseFilter(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := narrowed(f); got != want {
			t.Errorf("%.40s: got %s, want %s", text, got, want)
		}
	}
}

func TestSearchRefusesFilter(t *testing.T) {
	c := newCollection(t, 3)
	for name, search := range searches(c) {
		query := retrieval.Request{Text: "text", Vector: []float32{1, 2, 3}, K: 5, Filter: retrieval.Not{}}
		if _, err := search(t.Context(), query); err == nil || !strings.Contains(err.Error(), "a part is missing") {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

// The results do not change with more filters than are kept.
func TestManyFilters(t *testing.T) {
	c := newCollection(t, 3)
	for n := range 2 * keptFilters {
		put(t, c, fmt.Sprint(n), "text")
	}
	for range 2 {
		for n := range 2 * keptFilters {
			f := retrieval.Comparison{Field: "source", Op: retrieval.Equal, Value: fmt.Sprint(n)}
			got, err := c.Lexical(t.Context(), retrieval.Request{Text: "text", K: 5, Filter: f})
			if err != nil || len(got) != 1 || got[0].Source != f.Value {
				t.Fatalf("%s: got %v, %v", f, got, err)
			}
		}
	}
	if n := len(c.filtered.kept); n != keptFilters {
		t.Errorf("%d filters are kept", n)
	}
}
