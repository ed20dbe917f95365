//go:build figures

package agent_test

import (
	"cmp"
	"errors"
	"fmt"
	"net/http"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"selfrag/agent"
	"selfrag/internal/replay"
	"selfrag/ollama"
	"selfrag/retrieval"
)

// tally counts the results of the questions.
type tally struct {
	right, wrong       int      // answers; any answer to an unanswerable question is wrong
	abstained, rightly int      // rightly: abstained from an unanswerable question
	missing            int      // number of questions whose replies are not recorded
	calls              int      // model calls
	answers            []string // by question; "" for an abstention
}

// TestFiguresAblation prints what each rule and each heuristic is worth: the
// number of questions answered correctly and wrongly with each of them left
// out, by the recorded replies of a real model. SELFRAG_ABLATION is the data
// set (the handbook). SELFRAG_QUESTIONS limits the questions to the first ones.
// With SELFRAG_RECORD=missing the test asks the model for replies that are not
// recorded yet. SELFRAG_WITHOUT selects some rules, separated by commas.
// SELFRAG_ROUNDS is the maximum number of rounds of a question (1).
func TestFiguresAblation(t *testing.T) {
	t.Cleanup(http.DefaultClient.CloseIdleConnections)
	set := readAblationSet(t, cmp.Or(os.Getenv("SELFRAG_ABLATION"), handbookSet))
	transport, err := replay.Open(set.recording, nil)
	if err != nil {
		t.Fatal(err)
	}
	transport.KeepUnused() // for the rules that are not selected
	t.Cleanup(func() {
		if err := transport.Close(); err != nil {
			t.Error(err)
		}
	})
	rounds := numberFrom(t, "SELFRAG_ROUNDS", 1)
	names := agent.Removable()
	if some := os.Getenv("SELFRAG_WITHOUT"); some != "" {
		names = strings.Split(some, ",")
	}
	run := ablation(t, set, transport, rounds)
	whole := run("")
	unanswerable := 0
	for _, q := range set.questions {
		if q.Unanswerable {
			unanswerable++
		}
	}
	lines := []string{fmt.Sprintf("\n%s, %s, lexical search, 3 passages, %d round(s); of %d answerable questions and %d unanswerable ones:\n",
		set.name, handbookModel, rounds, len(set.questions)-unanswerable, unanswerable),
		"| left out | right | wrong | abstained | of them rightly | other answers | calls |", "|---|---|---|---|---|---|---|", whole.row("nothing", whole)}
	for _, name := range names {
		lines = append(lines, run(name).row("`"+name+"`", whole))
	}
	t.Log(strings.Join(lines, "\n"))
	if whole.right+whole.wrong == 0 || whole.missing > 0 {
		t.Errorf("with nothing left out: %+v", whole)
	}
}

// row compares a tally with the one with everything in place.
func (n tally) row(name string, whole tally) string {
	if n.missing > 0 {
		return fmt.Sprintf("| %s | not measured: the replies to %d questions are not recorded | | | | | |", name, n.missing)
	}
	cell := func(v, of int) string {
		if v == of {
			return strconv.Itoa(v)
		}
		return fmt.Sprintf("%d (%+d)", v, v-of)
	}
	others := 0
	for i, answer := range n.answers {
		if answer != whole.answers[i] {
			others++
		}
	}
	return fmt.Sprintf("| %s | %s | %s | %s | %s | %d | %s |", name, cell(n.right, whole.right), cell(n.wrong, whole.wrong),
		cell(n.abstained, whole.abstained), cell(n.rightly, whole.rightly), others, cell(n.calls, whole.calls))
}

// ablation returns a function that asks all questions of a data set without a
// rule.
func ablation(t *testing.T, set ablationSet, transport http.RoundTripper, rounds int) func(without string) tally {
	t.Helper()
	model, err := ollama.New(ollama.Config{Model: handbookModel, Transport: transport})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	retriever, err := retrieval.New(set.collection, nil, nil, retrieval.Config{K2: 3, Mode: retrieval.Lexical})
	if err != nil {
		t.Fatal(err)
	}
	return func(without string) tally {
		// A slow machine that records must not cut a question short. Otherwise
		// it would record other prompts than a fast one.
		cfg := agent.Config{Several: 0.5, Budget: agent.Budget{Iterations: rounds, Time: time.Hour}}
		if without != "" {
			if err := cfg.LeaveOut(without); err != nil {
				t.Fatal(err)
			}
		}
		a, err := agent.New(model, retriever, nil, cfg)
		if err != nil {
			t.Fatal(err)
		}
		n := tally{answers: make([]string, len(set.questions))}
		for i, q := range set.questions {
			start := time.Now()
			answer, err := a.Answer(t.Context(), agent.Question{Text: q.Text})
			if took := time.Since(start); took > 5*time.Second {
				t.Logf("without %q, %s: %.0f s", without, q.ID, took.Seconds())
			}
			n.answers[i] = answer.Text
			n.calls += answer.Usage.Calls
			missing := (*replay.MissingError)(nil)
			switch {
			case errors.As(err, &missing):
				n.missing++
			case err != nil:
				t.Fatalf("without %q, %s: %v", without, q.ID, err)
			case answer.Abstained:
				n.answers[i] = "" // without a recorded reply, the answer is not the model's
				n.abstained++
				if q.Unanswerable {
					n.rightly++
				}
			case !q.Unanswerable && holdsAny(answer.Text, q.Answers):
				n.right++
			default:
				n.wrong++
			}
		}
		return n
	}
}
