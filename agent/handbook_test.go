package agent_test

import (
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/internal/replay"
	"selfrag/ollama"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
)

// handbookModel is the model whose answers are recorded.
const handbookModel = "qwen2.5-coder:0.5b"

// TestHandbookEvidence checks the demo questions against the documents: each
// proof occurs exactly once in the text that ingestion extracts.
func TestHandbookEvidence(t *testing.T) {
	collection := ingestHandbook(t)
	unanswerable := 0
	for _, q := range agent.ReadHandbookQuestions(t) {
		if !q.Answerable {
			unanswerable++
		} else if len(q.Evidence) != q.Hops || len(q.Answers) == 0 {
			t.Errorf("%s: %d hops, %d proofs, %d answers", q.ID, q.Hops, len(q.Evidence), len(q.Answers))
		}
		for _, e := range q.Evidence {
			doc, found, err := collection.Document(t.Context(), "handbook/"+e.Source)
			if err != nil || !found {
				t.Errorf("%s: document %s: found %v, %v", q.ID, e.Source, found, err)
				continue
			}
			text, err := collection.Text(t.Context(), doc.ID, doc.Source)
			if err != nil {
				t.Fatal(err)
			}
			if n := strings.Count(text, e.Quote); n != 1 {
				t.Errorf("%s: %q stands %d times in %s", q.ID, e.Quote, n, e.Source)
			}
		}
	}
	if unanswerable != 12 {
		t.Errorf("%d unanswerable questions, not 12", unanswerable)
	}
}

// TestHandbook asks all questions of the demo handbook, with the recorded
// traffic of a real model, and compares every citation with the document's text
// at its offsets. It reports how many are answered but does not require a
// number, because that depends on the model.
func TestHandbook(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections) // open while recording
	transport, err := replay.Open(filepath.Join("testdata", "handbook.jsonl.gz"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	// Lexical search needs no embedder. With three passages and two rounds,
	// recording takes less than a quarter of an hour.
	askHandbook(t, transport, retrieval.Config{K2: 3}, agent.Config{Context: agent.ContextEvidence, Budget: agent.Budget{Iterations: 2}})
}

// askHandbook asks all questions through the transport. A nil transport means
// the real server.
func askHandbook(t *testing.T, transport http.RoundTripper, search retrieval.Config, cfg agent.Config) {
	t.Helper()
	questions := agent.ReadHandbookQuestions(t)
	collection := ingestHandbook(t)
	model, err := ollama.New(ollama.Config{Model: handbookModel, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	search.Mode = retrieval.Lexical
	retriever, err := retrieval.New(collection, nil, nil, search)
	if err != nil {
		t.Fatal(err)
	}
	a, err := agent.New(model, retriever, nil, cfg)
	if err != nil {
		t.Fatal(err)
	}

	var answered, right, abstained, cited int
	for _, q := range questions {
		answer, err := a.Answer(t.Context(), agent.Question{Text: q.Text})
		if err != nil {
			t.Fatalf("%s: %v", q.ID, err)
		}
		checkCitations(t, collection, q.ID, answer)
		cited += len(answer.Citations)
		switch {
		case !q.Answerable && answer.Abstained:
			abstained++
		case q.Answerable && !answer.Abstained:
			answered++
			if holdsAny(answer.Text, q.Answers) {
				right++
			}
		}
	}
	if cited == 0 {
		t.Error("no answer has a citation")
	}
	t.Logf("%s, lexical search: of 48 answerable questions %d answered, %d of them right; of 12 unanswerable ones %d abstained; %d citations",
		handbookModel, answered, right, abstained, cited)
}

var mark = regexp.MustCompile(`\[(\d+)\]`)

// checkCitations compares each quote with the document's text, and checks that
// each number in the answer has a citation.
func checkCitations(t *testing.T, c *sqlite.Collection, id string, a agent.Answer) {
	t.Helper()
	if a.Abstained {
		if len(a.Citations) > 0 {
			t.Errorf("%s: abstained with citations", id)
		}
		return
	}
	if len(a.Citations) == 0 {
		t.Errorf("%s: answered without a citation: %q", id, a.Text)
	}
	numbers := map[int]bool{}
	for _, c := range mark.FindAllStringSubmatch(a.Text, -1) {
		n, err := strconv.Atoi(c[1])
		if err != nil || n < 1 || n > len(a.Citations) {
			t.Errorf("%s: %s in %q points at no citation", id, c[0], a.Text)
		}
		numbers[n] = true
	}
	for i, citation := range a.Citations {
		if citation.N != i+1 || !numbers[citation.N] {
			t.Errorf("%s: citation %d has number %d, which the text does not use", id, i+1, citation.N)
		}
		text, err := c.Text(t.Context(), citation.Document, citation.Source)
		if err != nil {
			t.Errorf("%s: %v", id, err)
			continue
		}
		runes := []rune(text)
		if citation.Start < 0 || citation.End > len(runes) || citation.Start >= citation.End ||
			string(runes[citation.Start:citation.End]) != citation.Quote {
			t.Errorf("%s: the quote %q is not the text of %s at [%d:%d]", id, citation.Quote, citation.Source, citation.Start, citation.End)
		}
	}
}

func holdsAny(text string, answers []string) bool {
	for _, a := range answers {
		if strings.Contains(strings.ToLower(text), strings.ToLower(a)) {
			return true
		}
	}
	return false
}

// ingestHandbook ingests the handbook into a collection without vectors.
func ingestHandbook(t *testing.T) *sqlite.Collection {
	t.Helper()
	db, err := sqlite.Open(t.Context(), filepath.Join(t.TempDir(), "selfrag.db"), sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	c, err := db.Create(t.Context(), "handbook", retrieval.EmbedderSpec{Model: "none"})
	if err != nil {
		t.Fatal(err)
	}
	in, err := ingest.New(c, nil, ingest.Config{})
	if err != nil {
		t.Fatal(err)
	}
	t.Chdir("../examples")
	report, err := in.Run(t.Context(), []string{"handbook"}, nil)
	if err != nil || len(report.Failed) > 0 || report.Added < 25 {
		t.Fatalf("ingest the handbook: %+v, %v", report, err)
	}
	t.Chdir("../agent")
	return c
}
