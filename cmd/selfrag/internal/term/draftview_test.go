package term

import (
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/cmd/selfrag/internal/screentest"
)

// drafted returns the events of a turn with two drafts. The first one says that
// nothing was found.
func drafted(question string, pieces ...string) []agent.Event {
	events := []agent.Event{agent.Started{Question: question}, agent.DraftDelta{Text: "NOT "}, agent.DraftDelta{Text: "FOUND"}, agent.Drafted{Draft: agent.Draft{Draft: claim.Draft{NotFound: true}}}}
	for _, p := range pieces {
		events = append(events, agent.DraftDelta{Iteration: 1, Text: p})
	}
	sentence := claim.Sentence{Text: strings.ReplaceAll(strings.Join(pieces, ""), "\n", " ")}
	return append(events,
		agent.Drafted{Iteration: 1, Draft: agent.Draft{Draft: claim.Draft{Sentences: []claim.Sentence{sentence}}}},
		agent.SupportGraded{Iteration: 1, Sentence: agent.Sentence{Sentence: sentence, Support: agent.Known(0.9)}, Kept: true},
		agent.SynthesisDelta{Text: pieces[0]}, agent.Answered{Answer: agent.Answer{StoppedBy: agent.StoppedSupported}})
}

// TestDraftsAreMarkedUntilTheyAreChecked shows a turn on an output that cannot
// be redrawn, and on a terminal where the draft disappears.
func TestDraftsAreMarkedUntilTheyAreChecked(t *testing.T) {
	for name, c := range map[string]struct {
		events         []agent.Event
		piped, writing string
		terminal       string
	}{
		"English": {
			events: drafted("How many lanes?", "It has\n", "two lanes."),
			piped: "? How many lanes?\n  draft            not yet checked: NOT FOUND\n  draft            not yet checked: It has two lanes.\n" +
				"  grade-support    supported 0.90  It has two lanes.\n  synthesize       not yet checked: It has \n  stopped by supported; 0 LLM calls, 0 + 0 tokens, 0.0 s\n",
			writing: "? How many lanes?\n  draft            the passages do not say\n  draft            not yet checked: It has two lanes.\n",
			terminal: "? How many lanes?\n  draft            the passages do not say\n" +
				"  grade-support    supported 0.90  It has two lanes.\n  stopped by supported; 0 LLM calls, 0 + 0 tokens, 0.0 s\n",
		},
		"Korean": {
			events: drafted("차로는 몇 개인가요?", "차로는 ", "\x1b[2J두 개입니다."),
			piped: "? 차로는 몇 개인가요?\n  draft            아직 확인하지 않음: NOT FOUND\n  draft            아직 확인하지 않음: 차로는 [2J두 개입니다.\n" +
				"  grade-support    supported 0.90  차로는 [2J두 개입니다.\n  synthesize       아직 확인하지 않음: 차로는 \n  stopped by supported; 0 LLM calls, 0 + 0 tokens, 0.0 s\n",
			writing: "? 차로는 몇 개인가요?\n  draft            찾은 문단에 답이 없음\n  draft            아직 확인하지 않음: 차로는 [2J두 개입니다.\n",
			terminal: "? 차로는 몇 개인가요?\n  draft            찾은 문단에 답이 없음\n" +
				"  grade-support    supported 0.90  차로는 [2J두 개입니다.\n  stopped by supported; 0 LLM calls, 0 + 0 tokens, 0.0 s\n",
		},
	} {
		t.Run(name, func(t *testing.T) {
			var piped strings.Builder
			plain := NewSteps(&piped, false)
			s := screentest.New(80)
			onTerminal := NewSteps(onScreen{s}, false)
			onTerminal.columns = 80
			onTerminal.draft.over = &area{w: onScreen{s}, size: func() (int, int) { return 80, 24 }}
			for _, e := range c.events {
				plain.Show(e)
				onTerminal.Show(e)
				if d, ok := e.(agent.Drafted); ok && d.Iteration == 1 && s.String() != c.writing {
					t.Errorf("before the verdict the terminal shows\n%s\nwant\n%s", s, c.writing)
				}
			}
			plain.End()
			onTerminal.End()
			if piped.String() != c.piped {
				t.Errorf("a pipe gets\n%s\nwant\n%s", piped.String(), c.piped)
			}
			if s.String() != c.terminal || len(s.Unknown) > 0 {
				t.Errorf("the terminal shows\n%s\nwant\n%s\nunknown sequences: %q", s, c.terminal, s.Unknown)
			}
		})
	}
}

// TestALongDraftKeepsItsMark writes more text than the area can show.
func TestALongDraftKeepsItsMark(t *testing.T) {
	s := screentest.New(40)
	v := NewSteps(onScreen{s}, false)
	v.draft.over = &area{w: onScreen{s}, size: func() (int, int) { return 40, 10 }}
	v.Show(agent.Started{Question: "다리는?"})
	for range 60 {
		v.Show(agent.DraftDelta{Text: "다리가 있습니다. "})
		if lines := s.Lines(); !strings.Contains(lines[1], "아직 확인하지 않음") || len(lines) > 10 {
			t.Fatalf("the mark is gone, or the draft takes too many lines:\n%s", s)
		}
	}
	v.End()
	if s.String() != "? 다리는?\n" {
		t.Errorf("left on the screen:\n%s", s)
	}
}
