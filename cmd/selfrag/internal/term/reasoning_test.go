package term

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

var update = flag.Bool("update", false, "write the goldens anew")

// turnsToDraw returns the events of turns of every kind.
func turnsToDraw() map[string][]agent.Event {
	leave := retrieval.Passage{ID: "a", Source: "benefits/annual-leave.md", Score: 0.0328, Metadata: map[string]any{"page": 3.0},
		Text: "## Carrying over\nUp to 5 days of annual leave carry over to the next year. \x1b[31mThey lapse at the end of March."}
	travel := retrieval.Passage{ID: "b", Source: "policies/travel.md", Score: 0.0161, Text: "A hotel night costs at most 150,000 won."}
	annual := retrieval.Passage{ID: "a", Source: "복리후생/연차.md", Score: 0.82, Text: "쓰지 못한 연차는 다음 해로 최대 5일까지 이월할 수 있으며 3월 말에 사라집니다."}
	graded := func(text string, support agent.Grade) agent.Sentence {
		return agent.Sentence{Sentence: claim.Sentence{Text: text, Passages: []int{0}}, Support: support}
	}
	carried := graded("Up to 5 days carry over to the next year.", agent.Known(0.91))
	invented := graded("The other 30 days are paid out.", agent.RefutedBy(claim.Verdict{Refuted: true, Rule: claim.RuleNumber, Fact: "30"}))
	kept := graded("연차는 최대 5일까지 다음 해로 이월할 수 있습니다.", agent.Known(0.77))
	doubted := graded("남은 연차는 수당으로 받습니다.", agent.Known(0.12))
	moved := graded("연차는 4월 말에 사라집니다.", agent.RefutedBy(claim.Verdict{Refuted: true, Rule: claim.RuleMonth, Fact: "4월"}))
	drafted := func(text string, sentences ...agent.Sentence) agent.Draft {
		d := agent.Draft{Draft: claim.Draft{Text: text}}
		for _, s := range sentences {
			d.Sentences = append(d.Sentences, s.Sentence)
		}
		return d
	}
	return map[string][]agent.Event{
		"follow-up": {
			agent.Started{Question: "Can they carry them over to the next year?", Strategy: "self-rag"},
			agent.ConversationSummarized{Summary: "Employees in Seoul get 15 days of annual leave."},
			agent.QuestionResolved{Original: "Can they carry them over to the next year?",
				Standalone: "Can employees in Seoul carry annual leave over to the next year?"},
			agent.QueryRefined{Iteration: 0, Query: "Can employees in Seoul carry annual leave over to the next year?"},
			agent.Searched{Result: retrieval.Result{Passages: []retrieval.Passage{travel}, Timings: retrieval.Timings{Total: 12 * time.Millisecond},
				Degraded: "The reranker failed: connection refused. The order is that of the first stage."}},
			agent.RelevanceGraded{Passage: travel, Grade: agent.Known(0.08)},
			agent.IterationEnded{Score: 0.08},
			agent.RetrieveDecided{Iteration: 1, Grade: agent.Known(0.66), Retrieve: true},
			agent.QueryRefined{Iteration: 1, Query: "How many days of annual leave carry over?"},
			agent.Searched{Iteration: 1, Result: retrieval.Result{Passages: []retrieval.Passage{leave, travel}, Timings: retrieval.Timings{Total: 9 * time.Millisecond}}},
			agent.RelevanceGraded{Iteration: 1, Passage: leave, Grade: agent.Known(0.94), Kept: true},
			agent.RelevanceGraded{Iteration: 1, Passage: travel},
			agent.DraftDelta{Iteration: 1, Text: "Up to"},
			agent.Drafted{Iteration: 1, Draft: drafted("Up to 5 days carry over to the next year [1]. The other 30 days are paid out [1].", carried, invented)},
			agent.SupportGraded{Iteration: 1, Sentence: carried, Kept: true},
			agent.SupportGraded{Iteration: 1, Sentence: invented},
			agent.UsefulnessGraded{Iteration: 1, Grade: agent.Known(0.83)},
			agent.IterationEnded{Iteration: agent.Iteration{Usefulness: agent.Known(0.83)}, Score: 1.81},
			agent.SynthesisDelta{Text: "Up to 5 days "},
			agent.SynthesisDelta{Text: "carry over [1]."},
			agent.Answered{Answer: agent.Answer{Text: "Up to 5 days carry over to the next year. [1]", StoppedBy: agent.StoppedSupported,
				Usage: agent.Usage{Calls: 11, PromptTokens: 3210, CompletionTokens: 64}, Timings: agent.Timings{Total: 24_310}}},
		},
		"korean": {
			agent.Started{Question: "쓰지 못한 연차는 다음 해로 며칠까지 이월할 수 있나요?", Strategy: "self-rag"},
			agent.QueryRefined{Query: "쓰지 못한 연차는 다음 해로 며칠까지 이월할 수 있나요?"},
			agent.Searched{Result: retrieval.Result{Passages: []retrieval.Passage{annual}}},
			agent.EvidenceFound{Found: evidence.Found{Answers: 0.94, Sentences: []evidence.Sentence{
				{Source: annual.Source, Text: annual.Text, Answers: 0.91}, {Source: "복리후생/휴가.md", Text: "연차는 1월 1일에 부여됩니다.", Answers: 0.04},
			}}},
			agent.RelevanceGraded{Passage: annual, Grade: agent.Known(0.9), Kept: true},
			agent.Drafted{Draft: drafted("연차는 최대 5일까지 다음 해로 이월할 수 있습니다 [1]. 남은 연차는 수당으로 받습니다 [1]. 연차는 4월 말에 사라집니다 [1].", kept, doubted, moved)},
			agent.SupportGraded{Sentence: kept, Kept: true},
			agent.SupportGraded{Sentence: doubted},
			agent.SupportGraded{Sentence: moved},
			agent.UsefulnessGraded{Grade: agent.Known(0.5)},
			agent.IterationEnded{Iteration: agent.Iteration{Usefulness: agent.Known(0.5)}, Score: 1.92},
			agent.Answered{Answer: agent.Answer{Text: "연차는 최대 5일까지 다음 해로 이월할 수 있습니다. [1]", StoppedBy: agent.StoppedSupported,
				Usage: agent.Usage{Calls: 4, PromptTokens: 900, CompletionTokens: 21}, Timings: agent.Timings{Total: 8_100}}},
		},
		"two-stage": {
			agent.Started{Question: "How much may a hotel night cost?", Strategy: "two-stage"},
			agent.Searched{Result: retrieval.Result{Query: "How much may a hotel night cost?", Passages: []retrieval.Passage{travel, leave}}},
			agent.EvidenceFound{Found: evidence.Found{Answers: 0.21, Sentences: []evidence.Sentence{
				{Source: travel.Source, Text: "A hotel night \x1b[31mcosts at most 150,000 won.", Answers: 0.21, Metadata: leave.Metadata},
			}}},
			agent.Drafted{Draft: agent.Draft{Draft: claim.Draft{Text: "NOT FOUND", NotFound: true}}},
			agent.Answered{Answer: agent.Answer{
				Text:      "The documents do not say.\nSearched for: How much may a hotel night cost?\nNearest:\n[1] “A hotel night costs at most 150,000 won.” (policies/travel.md)",
				Abstained: true,
				StoppedBy: agent.StoppedSinglePass, Usage: agent.Usage{Calls: 1, PromptTokens: 500, CompletionTokens: 3}}},
		},
		"no-search": {
			agent.Started{Question: "Hello?", Strategy: "self-rag"},
			agent.RetrieveDecided{Grade: agent.Known(0.02)},
			agent.Answered{Answer: agent.Answer{Text: "Hello.", StoppedBy: agent.StoppedNoSearch}},
		},
	}
}

// TestReasoning draws the turns in two widths. No line may be wider than that.
func TestReasoning(t *testing.T) {
	for name, events := range turnsToDraw() {
		var drawn strings.Builder
		for _, columns := range []int{100, 50} {
			var r Reasoning
			for _, e := range events {
				r.Show(e)
			}
			tree := r.Draw(columns)
			for line := range strings.Lines(tree) {
				if w := uniseg.StringWidth(strings.TrimSuffix(line, "\n")); w > columns {
					t.Errorf("%s: %d columns of %d: %s", name, w, columns, line)
				}
			}
			drawn.WriteString(tree + "\n")
		}
		golden := filepath.Join("testdata", "reasoning", name+".txt")
		if *update {
			if err := os.WriteFile(golden, []byte(drawn.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(golden)
		if err != nil {
			t.Fatal(err)
		}
		if drawn.String() != string(want) {
			t.Errorf("%s differs (go test ./cmd/selfrag/internal/term -run Reasoning -update writes it anew); got:\n%s", golden, drawn.String())
		}
	}
}

// TestReasoningOfATurnThatWasCut draws the tree after each event, and trees of
// turns without their beginning or end.
func TestReasoningOfATurnThatWasCut(t *testing.T) {
	for name, events := range turnsToDraw() {
		for n := range events {
			var r Reasoning
			for _, e := range events[n:] { // a turn without its beginning
				r.Show(e)
			}
			for _, e := range events[:n] {
				r.Show(e)
			}
			if r.Draw(60) == "" {
				t.Errorf("%s: nothing drawn", name)
			}
		}
	}
}

func TestReasoningNests(t *testing.T) {
	var r Reasoning
	r.Show(agent.Started{Question: "q", Strategy: "cot"})
	r.open("step 1: %s", "first")
	r.Show(agent.QueryRefined{Query: "first"})
	r.Show(agent.IterationEnded{Iteration: agent.Iteration{Usefulness: agent.Known(1)}, Score: 1})
	r.close()
	r.open("step 2")
	r.Show(agent.UsefulnessGraded{Grade: agent.Known(1)})
	want := `q (cot)
├─ step 1: first
│  └─ round 1: first
│     └─ score 1.00
└─ step 2
   └─ usefulness 1.00
`
	if got := r.Draw(80); got != want {
		t.Errorf("got\n%s", got)
	}
}

func TestWrap(t *testing.T) {
	for _, c := range []struct {
		text    string
		columns int
		want    string
	}{
		{"", 10, ""},
		{"one two three", 7, "one two|three"},
		{"one two three", 3, "one|two|thr|ee"},
		{"연차는 이월됩니다", 8, "연차는|이월됩니|다"},
		{"연차는 이월됩니다", 10, "연차는|이월됩니다"},
		{"한국어", 1, "한|국|어"},
		{"a한b", 2, "a|한|b"},
		{"trailing space ", 8, "trailing|space"},
	} {
		if got := strings.Join(wrap(c.text, c.columns), "|"); got != c.want {
			t.Errorf("%q in %d columns: got %q, want %q", c.text, c.columns, got, c.want)
		}
	}
}

func TestCount(t *testing.T) {
	for want, c := range map[string]struct {
		n    int
		noun string
	}{"0 searches": {0, "search"}, "1 search": {1, "search"}, "3 searches": {3, "search"}, "2 LLM calls": {2, "LLM call"}} {
		if got := Count(c.n, c.noun); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
