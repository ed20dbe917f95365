//go:build unix

package main

import (
	"strings"
	"testing"
)

// TestAskReplacesItsDraft asks a model that writes word by word, on a terminal
// that can redraw lines and on one that cannot.
func TestAskReplacesItsDraft(t *testing.T) {
	for _, c := range []struct{ question, draft, mark, first, answer string }{
		{"How many lanes has the bridge?", "The bridge has two lanes [1].", "not yet checked: ", "The bridge", "The bridge has two lanes. [1]"},
		{"다리에는 차로가 몇 개 있나요?", "다리에는 차로가 두 개 있습니다 [1].", "아직 확인하지 않음: ", "다리에는 차로가", "다리에는 차로가 두 개 있습니다. [1]"},
	} {
		m := newBridgeModel(t, func(m *bridgeModel) { m.draft, m.perSecond = c.draft, 20 })
		a := newServedApp(t, m)
		for _, name := range []string{"xterm", "dumb"} {
			t.Run(c.question+" "+name, func(t *testing.T) {
				args := []string{"ask", c.question, "--strategy", "two-stage", "--collection", "notes", "--model", "scripted:1"}
				term := inTerminal(t, a.settings.DataDir, m.URL, args, "TERM="+name)
				term.ends(exitDone)
				raw, text := term.raw.String(), term.screen.String()
				if !strings.Contains(raw, c.mark+c.first) || !strings.Contains(text, c.answer) || len(term.screen.Unknown) > 0 {
					t.Errorf("the draft was not shown as such, or there is no answer; unknown sequences %q:\n%s\n%q", term.screen.Unknown, text, raw)
				}
				if name == "dumb" {
					if strings.Contains(raw, "\x1b") || !strings.Contains(raw, c.mark+c.draft) {
						t.Errorf("got %q", raw)
					}
					return
				}
				if strings.Contains(text, c.mark) || strings.Contains(text, c.draft) {
					t.Errorf("the draft is left on the screen:\n%s", text)
				}
				// The draft came in pieces: its first words were drawn before
				// the others.
				if strings.Count(raw, c.mark+c.first) < 2 {
					t.Errorf("the draft was shown at once: %q", raw)
				}
			})
		}
	}
}
