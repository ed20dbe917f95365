package term

import (
	"cmp"
	"fmt"
	"io"
	"strings"

	"selfrag/agent"
)

// draftView shows text while the model writes it, marked as not yet checked. On
// an output that can be redrawn, the text disappears when the checked text
// takes its place. On any other output it stays as a line.
type draftView struct {
	w        io.Writer
	over     *area  // the area to redraw; nil if the output cannot be redrawn
	language string // language of the question
	begun    bool   // text is shown, and end was not called since
	whole    bool   // the text is complete; the next piece begins another text
}

// words returns the Korean text for a Korean question, and the English text
// otherwise.
func (v *draftView) words(english, korean string) string {
	return cmp.Or(map[string]string{"ko": korean}[v.language], english)
}

// add shows a piece of text. The first piece comes after a label.
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

// complete shows that a draft is complete. If the terminal can redraw the area
// of the draft, the draft stays visible until its first grade or the answer
// arrives. Otherwise complete ends the line of the draft.
func (v *draftView) complete(d agent.Draft) {
	if v.over == nil {
		v.end()
		return
	}
	v.whole = v.begun
	if d.NotFound && len(d.Sentences) == 0 {
		v.end()
		fmt.Fprintln(v.w, "  draft            "+v.words("the passages do not say", "찾은 문단에 답이 없음"))
	}
}

// end ends the line of the text, or removes the text from the area.
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
