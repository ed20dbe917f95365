package agent

import (
	"strings"

	"selfrag/prompts"
)

// instructions is what a prompt says itself: its system turns, and the line
// that ends the last turn.
func instructions(p prompts.Prompt) string {
	var said []string
	for _, m := range p.Messages {
		if m.Role == "system" {
			said = append(said, m.Text)
		}
	}
	if n := len(p.Messages); n > 0 {
		last := strings.TrimSpace(p.Messages[n-1].Text)
		said = append(said, last[strings.LastIndexByte(last, '\n')+1:])
	}
	return strings.Join(said, "\n")
}
