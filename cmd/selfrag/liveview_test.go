package main

import (
	"fmt"
	"strings"
	"testing"

	"github.com/rivo/uniseg"

	"selfrag/agent"
)

// TestLiveViewFoldsIntoOneLine shows turns on terminals of several widths,
// one of which is resized, and looks at the screen after each event.
func TestLiveViewFoldsIntoOneLine(t *testing.T) {
	for name, events := range turnsToDraw() {
		for _, columns := range []int{100, 40} {
			t.Run(fmt.Sprintf("%s in %d", name, columns), func(t *testing.T) {
				s := newScreen(columns)
				s.write("> question\r\n")
				v := liveViewIn(&area{w: onScreen{s}, size: func() (int, int) { return columns, 10 }})
				for _, e := range events {
					v.show(e)
					if n := len(s.lines()); n > 10 {
						t.Fatalf("%d lines after a %T:\n%s", n, e, s)
					}
				}
				if _, graded := events[len(events)-2].(agent.IterationEnded); graded && !strings.Contains(s.String(), "score") {
					t.Errorf("the last step is not shown:\n%s", s)
				}
				v.end()
				lines := s.lines()
				if len(lines) != 3 || lines[0] != "> question" || lines[2] != "" || s.row != 2 || s.col != 0 {
					t.Errorf("not folded into one line:\n%s", s)
				}
				if uniseg.StringWidth(lines[1]) > columns || !strings.Contains(lines[1], "search") || len(s.unknown) > 0 {
					t.Errorf("folded into %q, with unknown sequences %q", lines[1], s.unknown)
				}
			})
		}
	}
}

// TestLiveViewLeavesNothingOfAnAnswerThatFailed ends a turn in the middle.
func TestLiveViewLeavesNothingOfAnAnswerThatFailed(t *testing.T) {
	s := newScreen(40)
	v := liveViewIn(&area{w: onScreen{s}, size: func() (int, int) { return 40, 24 }})
	for range 30 {
		v.show(agent.DraftDelta{Text: "확인되지 않은 \x1b[2J문장입니다. "})
	}
	if !strings.Contains(s.String(), "문장입니다.") || len(s.unknown) > 0 {
		t.Errorf("the draft is not streamed, or a sequence of it got through (%q):\n%s", s.unknown, s)
	}
	v.end()
	if s.String() != "" {
		t.Errorf("left on the screen:\n%s", s)
	}
}

// onScreen writes to a screen as a terminal does: a line feed returns too.
type onScreen struct{ s *screen }

func (o onScreen) Write(p []byte) (int, error) {
	o.s.write(strings.ReplaceAll(string(p), "\n", "\r\n"))
	return len(p), nil
}
