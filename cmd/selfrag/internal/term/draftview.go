package term

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"selfrag/agent"
)

// draftView shows text as the model writes it, marked as not yet checked. Where
// what was written can be drawn over, it goes when what was checked takes its
// place; elsewhere it stands as a line.
type draftView struct {
	w        io.Writer
	over     *area  // where it is drawn over; nil elsewhere
	language string // of the question
	begun    bool   // there is text that end has not ended
	whole    bool   // the text is complete; what comes next is another one
}

// words are those of the draft's line in a language; English for unknown ones.
func (v *draftView) words(english, korean string) string {
	return cmp.Or(map[string]string{"ko": korean}[v.language], english)
}

// add shows a piece of text, at the beginning after a label.
func (v *draftView) add(label, piece string) {
	if v.whole {
		v.end()
	}
	piece = strings.ReplaceAll(Printable(piece), "\n", " ")
	if !v.begun {
		v.begun = true
		piece = label + v.words("not yet checked: ", "아직 확인하지 않음: ") + piece
	}
	if v.over != nil {
		fmt.Fprint(v.over, piece)
		return
	}
	fmt.Fprint(v.w, piece)
}

// complete hears that all of a draft is written. Where it is drawn over, it stays
// until its first verdict or the answer comes.
func (v *draftView) complete(d agent.Draft) {
	if v.over == nil {
		v.end()
		return
	}
	v.whole = v.begun
	if d.NotFound && len(d.Sentences) == 0 {
		v.end()
		fmt.Fprintln(v.w, "  draft            "+v.words("the passages do not tell", "찾은 문단에 답이 없음"))
	}
}

// end closes the line of the text, or takes the text away.
func (v *draftView) end() {
	if !v.begun {
		return
	}
	v.begun, v.whole = false, false
	if v.over != nil {
		v.over.fold("")
		return
	}
	fmt.Fprintln(v.w)
}
