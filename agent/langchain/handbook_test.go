package langchain_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/internal/replay"
	"selfrag/ollama"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
	"selfrag/retrieval/sqlite"
)

// TestTheLoopOfChainsAnswersAsSelfRAG composes the Self-RAG loop from the
// chains of the nine steps and compares it with agent.SelfRAG: it must give the
// same answers to questions about the handbook with the same model calls. One
// model is a real one, whose replies are recorded (package replay); the others
// follow rules.
func TestTheLoopOfChainsAnswersAsSelfRAG(t *testing.T) {
	retriever, finder := handbook(t), &once{finder: evidence.New(nil, evidence.Config{}), found: map[string]evidence.Found{}}
	for _, tc := range []struct {
		name  string
		model func(t *testing.T) llms.Model
		cfg   agent.Config
		takes []string // some of the prompts that the model receives
	}{
		{"recorded", recorded, agent.Config{Context: agent.ContextEvidence}, nil},
		{"evidence", byRule, agent.Config{Context: agent.ContextEvidence},
			[]string{prompts.NameRefineQuery, prompts.NameAnswerStep}},
		{"passages", byRule, agent.Config{Context: agent.ContextPassages},
			[]string{prompts.NameRefineQuery, prompts.NameDraft, prompts.NameGradeSupport}},
		{"graded by the model", byRule, agent.Config{Context: agent.ContextEvidence, Grading: agent.GradeTogether},
			[]string{prompts.NameGradePassages}},
		{"hard to please", byRule, agent.Config{
			Context: agent.ContextEvidence, Usefulness: 0.4, Delta: 0.05, Promising: agent.NoThreshold,
			WithoutHeuristics: []agent.Heuristic{agent.HeuristicFewWords, agent.HeuristicVerbatim},
		}, []string{prompts.NameShouldRetrieve, prompts.NameGradeSupport, prompts.NameGradeUsefulness, prompts.NameSynthesize}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			model := tc.model(t)
			tc.cfg.WithoutHeuristics = append(tc.cfg.WithoutHeuristics, without...)
			tc.cfg.Budget.Iterations, tc.cfg.Evidence = 3, finder
			tc.cfg.NoDeltas = true // chains do not stream, so both must make the same calls
			seen := tally{Calls: map[string]int{}}
			for _, q := range simpleQuestions(t) {
				want, err := newAgent(t, model, retriever, tc.cfg).Answer(t.Context(), agent.Question{Text: q.Text})
				if err != nil {
					t.Fatalf("%s: %v", q.ID, err)
				}
				s := newSteps(t, model, retriever, tc.cfg)
				loop, err := newSelfRAG(s)
				if err != nil {
					t.Fatal(err)
				}
				got, err := loop.answer(t.Context(), q.Text)
				if err != nil {
					t.Fatalf("%s: %v", q.ID, err)
				}
				if got.Text != want.Text || got.Abstained != want.Abstained || !reflect.DeepEqual(got.Citations, want.Citations) || !reflect.DeepEqual(got.Nearest, want.Nearest) {
					t.Errorf("%s: the chains answer %+v\nand the agent %+v", q.ID, got, want)
				}
				if s.Usage() != want.Usage {
					t.Errorf("%s: the chains cost %+v and the agent %+v", q.ID, s.Usage(), want.Usage)
				}
				seen.count(want)
			}
			t.Logf("%+v", seen)
			if seen.Answered == 0 || seen.Abstained == 0 {
				t.Errorf("%+v: there are not both answers and abstentions", seen)
			}
			for _, step := range tc.takes {
				if seen.Calls[step] == 0 {
					t.Errorf("no question takes %s: %+v", step, seen)
				}
			}
		})
	}
}

// tally counts the results of the questions.
type tally struct {
	Answered, Abstained, Rounds int
	Calls                       map[string]int // by step
}

func (n *tally) count(a agent.Answer) {
	n.Rounds += len(a.Iterations)
	for _, c := range a.Cost {
		n.Calls[c.Step] += c.Calls
	}
	if a.Abstained {
		n.Abstained++
	} else {
		n.Answered++
	}
}

// recorded returns a model of Ollama with recorded replies.
func recorded(t *testing.T) llms.Model {
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
	model, err := ollama.New(ollama.Config{Model: "qwen2.5-coder:0.5b", Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	return model
}

// once finds the evidence for the same question and passages only once. With
// the race detector on, finding it is most of the test.
type once struct {
	finder *evidence.Finder
	mu     sync.Mutex
	found  map[string]evidence.Found
}

func (o *once) Find(ctx context.Context, in evidence.Input) (evidence.Found, error) {
	key := in.Question
	for _, p := range in.Passages {
		key += "\x00" + p.ID
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	if found, known := o.found[key]; known {
		return found, nil
	}
	found, err := o.finder.Find(ctx, in)
	if err == nil {
		o.found[key] = found
	}
	return found, err
}

func byRule(*testing.T) llms.Model { return reader{} }

// question is a question about the handbook.
type question struct {
	ID         string `json:"_id"`
	Text       string `json:"text"`
	Hops       int    `json:"hop_count"`
	Answerable bool   `json:"answerable"`
}

// simpleQuestions returns the 22 questions that take one look-up and the 12
// that the documents do not answer. Half of each are in Korean.
func simpleQuestions(t *testing.T) []question {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("..", "..", "examples", "handbook", "questions.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	var out []question
	for line := range strings.Lines(string(content)) {
		var q question
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			t.Fatal(err)
		}
		if q.Hops < 2 {
			out = append(out, q)
		}
	}
	if len(out) != 34 {
		t.Fatalf("%d questions, not 34", len(out))
	}
	return out
}

// handbook searches the handbook by words alone, so that the test needs no
// embedder.
func handbook(t *testing.T) *retrieval.TwoStage {
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
	report, err := in.Run(t.Context(), []string{filepath.Join("..", "..", "examples", "handbook")}, nil)
	if err != nil || len(report.Failed) > 0 || report.Added < 25 {
		t.Fatalf("ingest the handbook: %+v, %v", report, err)
	}
	retriever, err := retrieval.New(c, nil, nil, retrieval.Config{Mode: retrieval.Lexical, K2: 3})
	if err != nil {
		t.Fatal(err)
	}
	return retriever
}
