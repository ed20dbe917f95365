package term

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Counting shows the progress of a run over a known number of items and the
// remaining time: with a bar on a terminal, otherwise with a line every few
// seconds.
type Counting struct {
	w    io.Writer
	what string
	bar  *progressbar.ProgressBar // nil without a terminal

	begin, told time.Time
	first       int // number of items done before the run began
}

// NewCounting returns a view of a run. what names the items, such as questions.
func NewCounting(w io.Writer, what string) *Counting { return &Counting{w: w, what: what} }

// Show shows the progress. done is the number of finished items. In the first
// call it is the number of items that were finished before the run.
func (v *Counting) Show(done, total int) {
	now := time.Now()
	if v.begin.IsZero() {
		v.begin, v.told, v.first = now, now, done
		if IsTerminal(v.w) {
			v.bar = progressbar.NewOptions(max(total-done, 1),
				progressbar.OptionSetWriter(Raw(v.w)),
				progressbar.OptionShowCount(),
				progressbar.OptionSetPredictTime(true),
				progressbar.OptionFullWidth(),
				progressbar.OptionSetDescription(OneLine(v.what)))
		}
		if done > 0 {
			fmt.Fprintf(v.w, "%s: %d of %d were answered before\n", v.what, done, total)
		}
		return
	}
	if v.bar != nil {
		_ = v.bar.Set(done - v.first)
		return
	}
	if now.Sub(v.told) < progressEvery && done < total {
		return
	}
	v.told = now
	each := now.Sub(v.begin) / time.Duration(max(1, done-v.first))
	fmt.Fprintf(v.w, "%s: %d of %d, %s left\n", v.what, done, total, (each * time.Duration(total-done)).Round(time.Second))
}

// End removes the bar.
func (v *Counting) End() {
	if v.bar != nil {
		_ = v.bar.Clear()
	}
}
