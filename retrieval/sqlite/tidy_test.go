package sqlite

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"selfrag/retrieval"
)

// codedDimensions is enough for codes.
const codedDimensions = leastCoded

// withRuns returns a collection in a file whose runs have few passages.
func withRuns(tb testing.TB, path string, passages int) *Collection {
	tb.Helper()
	db := openAt(tb, path)
	db.runPassages = passages
	return createIn(tb, db, codedDimensions)
}

// same reports a difference between the searches of two collections, of which
// the second has no runs. Passages have the same ids in both. Dense search may
// miss one of the best in 50.
func same(t *testing.T, got, want *Collection, query string, k int, f retrieval.Filter) {
	t.Helper()
	r := retrieval.Request{Text: query, Vector: vectorOf(query, codedDimensions), K: k, Filter: f}
	for name, search := range searches(got) {
		found, err := search(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		expected, err := searches(want)[name](t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		missed := 0
		for _, p := range expected {
			if !slices.ContainsFunc(found, func(o retrieval.Passage) bool { return reflect.DeepEqual(o, p) }) {
				missed++
			}
		}
		if name == "lexical" && !reflect.DeepEqual(found, expected) || len(found) != len(expected) || 50*missed > len(expected)+49 {
			t.Fatalf("%s search for the best %d of %q with %v: got %v, want %v", name, k, query, f, idsOf(found), idsOf(expected))
		}
	}
}

// Searches with runs find what those without find, after any history of writes,
// in the process that writes and in another that only searches.
func TestRunsChangeNothing(t *testing.T) {
	for seed := range uint64(2) {
		r := rand.New(rand.NewPCG(seed, 5))
		path := filepath.Join(t.TempDir(), "selfrag.db")
		c, other, plain := withRuns(t, path, 40), withRuns(t, path, 40), newCollection(t, codedDimensions)
		stored := map[string]bool{}
		for round := range 80 {
			source := fmt.Sprint("doc", r.IntN(40))
			if stored[source] && r.IntN(3) == 0 {
				for _, in := range []*Collection{c, plain} {
					if err := in.Remove(t.Context(), source); err != nil {
						t.Fatal(err)
					}
				}
				delete(stored, source)
			} else {
				var texts []string
				for range 1 + r.IntN(r.IntN(90)+1) {
					texts = append(texts, fmt.Sprintf("a%d b%d 문단 %d 공통", r.IntN(4), r.IntN(9), r.IntN(1000)))
				}
				put(t, c, source, texts...)
				put(t, plain, source, texts...)
				stored[source] = true
			}
			if r.IntN(3) > 0 {
				continue
			}
			var some []any
			for _, s := range slices.Sorted(maps.Keys(stored)) {
				if r.IntN(8) == 0 {
					some = append(some, s)
				}
			}
			for _, f := range []retrieval.Filter{nil, retrieval.In{Field: "source", Values: some}} {
				query := fmt.Sprintf("a%d 문단 %d b3", r.IntN(4), round)
				same(t, c, plain, query, 1+r.IntN(30), f)
				if r.IntN(3) == 0 {
					same(t, other, plain, query, 1000, f)
				}
			}
		}
		counts := rowCounts(t, c)
		if counts["codes"] < 3 || counts["segments"] < 2 || counts["codes"] > 40 {
			t.Errorf("there are %v", counts)
		}
		for source := range stored {
			if err := c.Remove(t.Context(), source); err != nil {
				t.Fatal(err)
			}
		}
		if err := c.db.tidy(t.Context(), newTidying(c.id, codedDimensions, 40)); err != nil {
			t.Fatal(err)
		}
		if counts := rowCounts(t, c); counts["codes"]+counts["segments"]+counts["postings"]+counts["removed"] != 0 {
			t.Errorf("after all was removed there are %v", counts)
		}
	}
}

func rowCounts(t *testing.T, c *Collection) map[string]int {
	t.Helper()
	counts := map[string]int{}
	for _, table := range []string{"codes", "segments", "postings", "removed"} {
		var n int
		err := c.db.sql.QueryRowContext(t.Context(), fmt.Sprintf(`SELECT count(*) FROM %s_%d`, table, c.id)).Scan(&n)
		if err != nil {
			t.Fatal(err)
		}
		counts[table] = n
	}
	return counts
}

// A step that is not finished leaves nothing, and the next run does it.
func TestTidyIsInterrupted(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	c, plain := withRuns(t, path, 1<<20), newCollection(t, codedDimensions)
	for i := range 30 {
		for _, in := range []*Collection{c, plain} {
			put(t, in, fmt.Sprint(i), "the tide table", fmt.Sprintf("gate %d", i), "조수 문")
		}
	}
	tidying := newTidying(c.id, codedDimensions, 10)
	for steps := 0; ; steps++ {
		ctx, cancel := context.WithCancel(t.Context())
		more := false
		err := c.db.write(ctx, func(tx *sql.Tx) (err error) {
			more, err = tidying.step(ctx, tx)
			cancel()
			return err
		})
		if err == nil {
			t.Fatal("a cancelled step was committed")
		}
		same(t, c, plain, "gate 7 문", 50, nil)
		if !more {
			if steps < 12 {
				t.Errorf("there were %d steps", steps)
			}
			return
		}
		err = c.db.write(t.Context(), func(tx *sql.Tx) error {
			if _, err := tidying.step(t.Context(), tx); err != nil {
				return err
			}
			return c.countWrite(t.Context(), tx, false)
		})
		if err != nil {
			t.Fatal(err)
		}
		same(t, c, plain, "gate 7 문", 50, nil)
		same(t, withRuns(t, path, 1<<20), plain, "조수 gate 3", 5, nil)
	}
}

// After a change of the embedder there are codes of the new vectors only.
func TestReembedCodesAnew(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "selfrag.db")
	c := withRuns(t, path, 10)
	for i := range 20 {
		put(t, c, fmt.Sprint(i), fmt.Sprintf("one %d", i), fmt.Sprintf("two %d", i))
	}
	spec := testSpec(2 * codedDimensions)
	spec.Model = "test/other"
	change, err := c.db.Reembed(ctx, "test", spec)
	if err != nil {
		t.Fatal(err)
	}
	for done := false; !done; {
		passages, _, err := change.Next(ctx)
		if err != nil {
			t.Fatal(err)
		}
		if len(passages) > 0 {
			if err := change.Add(ctx, vectorsOf(passages, spec.Dimensions)); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if done, err = change.Finish(ctx); err != nil {
			t.Fatal(err)
		}
	}
	c, err = c.db.Collection(ctx, "test")
	if err != nil {
		t.Fatal(err)
	}
	if counts := rowCounts(t, c); counts["codes"] < 3 {
		t.Errorf("there are %v", counts)
	}
	for _, text := range []string{"one 3", "two 19"} {
		if got := dense(t, c, text, 1); len(got) != 1 || got[0].Text != text {
			t.Errorf("the nearest to %s is %v", text, idsOf(got))
		}
	}
}

// A file of the version before gets the tables of runs and keeps what it has.
func TestMigrateToRuns(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "selfrag.db")
	c, plain := withRuns(t, path, 10), newCollection(t, codedDimensions)
	for i := range 20 {
		for _, in := range []*Collection{c, plain} {
			put(t, in, fmt.Sprint(i), "the tide table", fmt.Sprintf("gate %d", i))
		}
	}
	_, err := c.db.sql.ExecContext(ctx, `DROP TABLE codes_1; DROP TABLE segments_1; DROP TABLE postings_1; DROP TABLE removed_1;
		PRAGMA user_version = 4`)
	if err != nil {
		t.Fatal(err)
	}
	migrated := withRuns(t, path, 10)
	same(t, migrated, plain, "gate 3", 50, nil)
	for _, in := range []*Collection{migrated, plain} {
		put(t, in, "new", "gate 20") // forms runs
	}
	if counts := rowCounts(t, migrated); counts["codes"] != 4 || counts["segments"] != 4 {
		t.Errorf("there are %v", counts)
	}
	same(t, migrated, plain, "gate 3", 50, nil)
}
