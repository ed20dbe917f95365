// Package promptstest helps tests that script a model. It recognises a rendered
// prompt by its name, so that a scripted model need not look for a phrase that
// the next version of the prompt may lack.
package promptstest

import (
	"fmt"
	"regexp"
	"strings"

	"selfrag/prompts"
)

// Names recognises the built-in prompts. It is safe for concurrent use.
type Names struct{ prompts []fixed }

// fixed is the text of a prompt that does not depend on its values, in pieces.
type fixed struct {
	name   string
	pieces []string
}

// variable matches the parts of a template that are not fixed text: actions, and
// the lines that separate its turns.
var variable = regexp.MustCompile(`\{\{.*?\}\}|(?m:^### \w+$)`)

// New returns the names of the built-in prompts. The error is that of prompts.New.
func New() (*Names, error) {
	set, err := prompts.New(nil)
	if err != nil {
		return nil, fmt.Errorf("recognise prompts: %w", err)
	}
	n := &Names{}
	for _, f := range set.Files() {
		_, turns, _ := strings.Cut(f.Text, "\n---\n")
		known := fixed{name: f.Name}
		for _, piece := range variable.Split(turns, -1) {
			if piece = strings.TrimSpace(piece); piece != "" {
				known.pieces = append(known.pieces, piece)
			}
		}
		n.prompts = append(n.prompts, known)
	}
	return n, nil
}

// Of returns the name of the prompt that a model was sent, given the texts of its
// messages in order, or "" if it is none of the built-in prompts. A rendered
// prompt contains all the fixed text of its template, except branches that were
// not taken, so Of returns the prompt of which the text contains most.
func (n *Names) Of(text string) string {
	name, most := "", 0
	for _, p := range n.prompts {
		if !strings.Contains(text, p.pieces[0]) {
			continue
		}
		held := 0
		for _, piece := range p.pieces {
			if strings.Contains(text, piece) {
				held += len(piece)
			}
		}
		if held > most {
			name, most = p.name, held
		}
	}
	return name
}
