//go:build onnx

package reading_test

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/agent/reading"
	"selfrag/eval"
	"selfrag/rerank/evidence"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
	"selfrag/retrieval/text"
)

// measured holds the results of one way to choose passages for a kind of
// question.
type measured struct{ held, tokens, questions float64 }

func (m *measured) add(q eval.Query, passages []retrieval.Passage) {
	var all strings.Builder
	for _, p := range passages {
		all.WriteString(p.Title + "\n" + p.Text + "\n")
		m.tokens += float64(text.Tokens(p.Text))
	}
	m.held += eval.HeldShare(q.Must, all.String())
	m.questions++
}

func (m measured) String() string {
	return fmt.Sprintf("%.3f in %.0f tokens", m.held/m.questions, m.tokens/m.questions)
}

// TestHandbookReading asks the questions of the handbook that want more than a
// fact. For each kind it reports the share of the required facts in the five
// passages of a search, and in the reading that replaces them. docs/development/results.md
// has the figures. The reading must not hold less for any kind.
func TestHandbookReading(t *testing.T) {
	search, finder := overHandbook(t)
	data, err := eval.LoadQA("../../examples/handbook/kinds.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	readers := []*reading.Reader{
		reading.New(search, reading.Config{Tokens: 1000}),
		reading.New(search, reading.Config{Tokens: 2000}),
		reading.New(search, reading.Config{Tokens: 4000}),
		reading.New(search, reading.Config{Tokens: 400, Least: 0.4, Leads: true}), // what the agent quotes without a model
	}
	const candidates, usual = 1, 3 // all that the search found, and the default budget
	ways := []string{"passages", "candidates", "1000", "2000", "4000", "quoted"}
	kinds := map[string][]measured{}
	for _, q := range data.Queries {
		found, err := search.Search(t.Context(), q.Text)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := finder.Find(t.Context(), evidence.Of(q.Text, found))
		if err != nil {
			t.Fatal(err)
		}
		chosen := [][]retrieval.Passage{found.Passages, slices.Concat(found.Passages, found.Rest)}
		for _, reader := range readers {
			// Use the kind that code recognises: a question taken for a fact is
			// read as one.
			read, err := reader.Read(t.Context(), reading.Input{Question: q.Text, Want: text.Wants(q.Text), Found: found, Evidence: seen.Sentences})
			if err != nil || read.Degraded != "" {
				t.Fatalf("%s: %v, %s", q.ID, err, read.Degraded)
			}
			chosen = append(chosen, read.Passages)
		}
		for _, kind := range []string{q.Kind, "all", "all in " + q.Language()} {
			if kinds[kind] == nil {
				kinds[kind] = make([]measured, len(ways))
			}
			for i := range ways {
				kinds[kind][i].add(q, chosen[i])
			}
		}
		if missing := missingFrom(q, chosen[usual]); len(missing) > 0 {
			t.Logf("%s %s: without %q; all candidates are without %q", q.ID, q.Text, missing, missingFrom(q, chosen[candidates]))
		}
	}
	for _, kind := range []string{"how-to", "why", "list", "compare", "summary", "changed", "all", "all in en", "all in ko"} {
		var line strings.Builder
		for i, m := range kinds[kind] {
			fmt.Fprintf(&line, "; %s %s", ways[i], m)
		}
		t.Logf("%s%s", kind, line.String())
		if kinds[kind][usual].held < kinds[kind][0].held {
			t.Errorf("%s: what is read holds less than the passages of the search", kind)
		}
	}
}

func missingFrom(q eval.Query, passages []retrieval.Passage) []string {
	var out []string
	for _, f := range q.Must {
		if !slices.ContainsFunc(passages, func(p retrieval.Passage) bool { return f.HeldBy(p.Title + "\n" + p.Text) }) {
			out = append(out, f[0])
		}
	}
	return out
}

// overHandbook searches the handbook as the program does by default.
func overHandbook(t *testing.T) (*retrieval.TwoStage, *evidence.Finder) {
	t.Helper()
	encoder, err := embed.NewONNX(embed.ONNXConfig{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = encoder.Close() })
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "selfrag.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	collection, err := db.Create(t.Context(), "handbook", encoder.Spec())
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.New(collection, encoder, ingest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../../examples")
	report, err := in.Run(t.Context(), []string{"handbook"}, nil)
	if err != nil || len(report.Failed) > 0 || report.Added != 36 {
		t.Fatalf("ingest the handbook: %+v, %v", report, err)
	}
	t.Chdir("../agent/reading")
	// Keep token vectors, because a passage is read again for many questions.
	kept, err := late.NewKept(encoder, late.KeptConfig{})
	if err != nil {
		t.Fatal(err)
	}
	reranker, err := late.New(kept, late.Config{})
	if err != nil {
		t.Fatal(err)
	}
	search, err := retrieval.New(collection, encoder, reranker, retrieval.Config{Spec: encoder.Spec()})
	if err != nil {
		t.Fatal(err)
	}
	return search, evidence.New(keptModel{encoder, kept}, evidence.Config{})
}

// keptModel is the encoder with the token vectors of passages kept.
type keptModel struct {
	*embed.ONNX
	kept *late.Kept
}

func (m keptModel) Tokens(ctx context.Context, passage string) (retrieval.Tokens, error) {
	return m.kept.Tokens(ctx, passage)
}
