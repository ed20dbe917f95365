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

// measured is what one way of choosing passages gave for a kind of question.
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

func (m *measured) String() string {
	return fmt.Sprintf("%.3f of what must be held in %4.0f tokens", m.held/m.questions, m.tokens/m.questions)
}

// TestHandbookReading asks the questions of the handbook that want more than a
// fact, and reports for each kind which share of what an answer must hold stands
// in the five passages of a search, and in what is read in their place. docs/
// results.md has the figures. The reading has to hold no less of any kind.
func TestHandbookReading(t *testing.T) {
	search, finder := overHandbook(t)
	data, err := eval.LoadQA("../../examples/handbook/kinds.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	reader := reading.New(search, reading.Config{})
	kinds := map[string][2]*measured{}
	for _, q := range data.Queries {
		found, err := search.Search(t.Context(), q.Text)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := finder.Find(t.Context(), evidence.Of(q.Text, found))
		if err != nil {
			t.Fatal(err)
		}
		// By what code makes of the question: one taken for a fact is read as one.
		read, err := reader.Read(t.Context(), reading.Input{Question: q.Text, Want: text.Wants(q.Text), Found: found, Evidence: seen.Sentences})
		if err != nil || read.Degraded != "" {
			t.Fatalf("%s: %v, %s", q.ID, err, read.Degraded)
		}
		for _, kind := range []string{q.Kind, "all", "all in " + q.Language()} {
			if kinds[kind][0] == nil {
				kinds[kind] = [2]*measured{{}, {}}
			}
			kinds[kind][0].add(q, found.Passages)
			kinds[kind][1].add(q, read.Passages)
		}
		if missing := missingFrom(q, read.Passages); len(missing) > 0 && testing.Verbose() {
			t.Logf("%s %s: without %q", q.ID, q.Text, missing)
		}
	}
	for _, kind := range []string{"how-to", "why", "list", "compare", "summary", "changed", "all", "all in en", "all in ko"} {
		m := kinds[kind]
		t.Logf("%-9s passages %s, reading %s", kind, m[0], m[1])
		if m[1].held < m[0].held {
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
	// Kept, since a passage is read again for many questions.
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

// keptModel is the encoder with the tokens of passages kept.
type keptModel struct {
	*embed.ONNX
	kept *late.Kept
}

func (m keptModel) Tokens(ctx context.Context, passage string) (retrieval.Tokens, error) {
	return m.kept.Tokens(ctx, passage)
}
