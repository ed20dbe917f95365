//go:build figures

package agent_test

import (
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/internal/replay"
	"selfrag/ollama"
	"selfrag/retrieval"
)

// tally is what became of the handbook's 60 questions.
type tally struct {
	right, wrong       int // answers; any answer to an unanswerable question is wrong
	abstained, rightly int // rightly: of an unanswerable question
	missing            int // questions whose replies are not recorded
}

// TestFiguresAblation prints what each rule and each heuristic is worth on the
// handbook: the questions answered right and wrong with each left out, by the
// recorded replies of a real model. With SELFRAG_RECORD=missing it asks the
// model for replies that are not recorded yet; SELFRAG_WITHOUT names some of the
// rules, with commas; SELFRAG_ROUNDS is the most rounds of a question (1).
func TestFiguresAblation(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	transport, err := replay.Open(filepath.Join("testdata", "ablation.jsonl.gz"), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	rounds := 1
	if n, err := strconv.Atoi(os.Getenv("SELFRAG_ROUNDS")); err == nil {
		rounds = n
	}
	names := agent.Removable()
	if some := os.Getenv("SELFRAG_WITHOUT"); some != "" {
		names = strings.Split(some, ",")
	}
	run := ablation(t, transport, rounds)
	whole := run("")
	lines := []string{fmt.Sprintf("\n%s, lexical search, 3 passages, %d round(s); of 48 answerable questions and 12 unanswerable ones:\n", handbookModel, rounds),
		"| left out | right | wrong | abstained | of them rightly |", "|---|---|---|---|---|", whole.row("nothing", tally{})}
	for _, name := range names {
		lines = append(lines, run(name).row("`"+name+"`", whole))
	}
	t.Log(strings.Join(lines, "\n"))
	if whole.right == 0 || whole.missing > 0 {
		t.Errorf("with nothing left out: %+v", whole)
	}
}

func (n tally) row(name string, whole tally) string {
	if n.missing > 0 {
		return fmt.Sprintf("| %s | not measured: the replies to %d questions are not recorded | | | |", name, n.missing)
	}
	cell := func(v, of int) string {
		if whole == (tally{}) || v == of {
			return strconv.Itoa(v)
		}
		return fmt.Sprintf("%d (%+d)", v, v-of)
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s |", name, cell(n.right, whole.right), cell(n.wrong, whole.wrong),
		cell(n.abstained, whole.abstained), cell(n.rightly, whole.rightly))
}

// ablation asks all questions of the handbook without a rule.
func ablation(t *testing.T, transport http.RoundTripper, rounds int) func(without string) tally {
	t.Helper()
	questions := agent.ReadHandbookQuestions(t)
	model, err := ollama.New(ollama.Config{Model: handbookModel, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	retriever, err := retrieval.New(ingestHandbook(t), nil, nil, retrieval.Config{K2: 3, Mode: retrieval.Lexical})
	if err != nil {
		t.Fatal(err)
	}
	return func(without string) tally {
		cfg := agent.Config{Several: 0.5, Budget: agent.Budget{Iterations: rounds}}
		if without != "" {
			if err := cfg.LeaveOut(without); err != nil {
				t.Fatal(err)
			}
		}
		a, err := agent.New(model, retriever, nil, cfg)
		if err != nil {
			t.Fatal(err)
		}
		var n tally
		for _, q := range questions {
			answer, err := a.Answer(t.Context(), agent.Question{Text: q.Text})
			missing := (*replay.MissingError)(nil)
			switch {
			case errors.As(err, &missing):
				n.missing++
			case err != nil:
				t.Fatalf("without %q, %s: %v", without, q.ID, err)
			case answer.Abstained:
				n.abstained++
				if !q.Answerable {
					n.rightly++
				}
			case q.Answerable && holdsAny(answer.Text, q.Answers):
				n.right++
			default:
				n.wrong++
			}
		}
		return n
	}
}
