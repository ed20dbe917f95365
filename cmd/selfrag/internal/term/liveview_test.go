package term

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"selfrag/agent"
	"selfrag/cmd/selfrag/internal/screentest"
)

// TestLiveViewFoldsIntoOneLine shows turns on terminals of several widths and
// checks the screen after each event. One of the terminals is resized.
func TestLiveViewFoldsIntoOneLine(t *testing.T) {
	for name, events := range turnsToDraw() {
		for _, columns := range []int{100, 40} {
			t.Run(fmt.Sprintf("%s in %d", name, columns), func(t *testing.T) {
				s := screentest.New(columns)
				s.Write("> question\r\n")
				v := liveViewIn(&area{w: onScreen{s}, size: func() (int, int) { return columns, 10 }})
				for _, e := range events {
					v.Show(e)
					if n := len(s.Lines()); n > 10 {
						t.Fatalf("%d lines after a %T:\n%s", n, e, s)
					}
				}
				if _, graded := events[len(events)-2].(agent.IterationEnded); graded && !strings.Contains(s.String(), "score") {
					t.Errorf("the last step is not shown:\n%s", s)
				}
				v.End()
				lines := s.Lines()
				if len(lines) != 3 || lines[0] != "> question" || lines[2] != "" || s.Row != 2 || s.Col != 0 {
					t.Errorf("not folded into one line:\n%s", s)
				}
				if uniseg.StringWidth(lines[1]) > columns || !strings.Contains(lines[1], "search") || len(s.Unknown) > 0 {
					t.Errorf("folded into %q, with unknown sequences %q", lines[1], s.Unknown)
				}
			})
		}
	}
}

// TestLiveViewLeavesNothingOfAnAnswerThatFailed ends a turn before its answer.
func TestLiveViewLeavesNothingOfAnAnswerThatFailed(t *testing.T) {
	s := screentest.New(40)
	v := liveViewIn(&area{w: onScreen{s}, size: func() (int, int) { return 40, 24 }})
	for range 30 {
		v.Show(agent.DraftDelta{Text: "확인되지 않은 \x1b[2J문장입니다. "})
	}
	if !strings.Contains(s.String(), "문장입니다.") || len(s.Unknown) > 0 {
		t.Errorf("the draft is not streamed, or a sequence of it got through (%q):\n%s", s.Unknown, s)
	}
	v.End()
	if s.String() != "" {
		t.Errorf("left on the screen:\n%s", s)
	}
}

// onScreen writes to a screen as a terminal does: a line feed also returns to
// the first column.
type onScreen struct{ s *screentest.Screen }

func (o onScreen) Write(p []byte) (int, error) {
	o.s.Write(strings.ReplaceAll(string(p), "\n", "\r\n"))
	return len(p), nil
}
