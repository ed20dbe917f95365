package term

import (
	"io"
	"strings"

	"selfrag/agent"
	"selfrag/retrieval/text"
)

// Progress shows the progress of a turn.
type Progress interface {
	Show(e agent.Event)
	End() // the turn has ended, with or without an answer
}

// NewProgress returns a view that folds the steps into one line if the output
// can be redrawn. On any other output the steps stay.
func NewProgress(w io.Writer, quiet bool) Progress {
	if !quiet && Redrawable(w) {
		return newLiveView(w)
	}
	return NewSteps(w, quiet)
}

// liveView shows the last steps of a turn, dimmed, with the draft in progress.
// When the turn ends, it folds them into one line. No unverified text stays on
// the screen.
type liveView struct {
	area    *area
	steps   *Steps
	rounds  int
	found   map[string]bool
	summary string
}

func newLiveView(w io.Writer) *liveView { return liveViewIn(newArea(w)) }

func liveViewIn(a *area) *liveView {
	columns, _ := a.size()
	return &liveView{area: a, found: map[string]bool{}, steps: &Steps{w: a, columns: columns, draft: draftView{w: a}}}
}

// Show implements Progress.
func (v *liveView) Show(e agent.Event) {
	switch e := e.(type) {
	case agent.Started:
		v.steps.draft.language = text.Language(e.Question)
		return // the question is already on the screen
	case agent.Searched:
		v.rounds++
		for _, p := range e.Result.Passages {
			v.found[p.ID] = true
		}
	case agent.Answered:
		v.summary = strings.Join([]string{
			Count(v.rounds, "search"), Count(len(v.found), "passage"), spentOn(e.Answer), "stopped by " + e.Answer.StoppedBy,
		}, ", ")
		return
	}
	v.steps.Show(e)
}

// End implements Progress.
func (v *liveView) End() {
	v.steps.End()
	v.area.fold(v.summary)
}
