package term

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Counting shows how far a run over counted things is, and the time left: a
// bar on a terminal, else a line every few seconds.
type Counting struct {
	w    io.Writer
	what string
	bar  *progressbar.ProgressBar // nil without a terminal

	begin, told time.Time
	first       int // done when it began
}

// NewCounting shows a run over what is counted: questions, queries.
func NewCounting(w io.Writer, what string) *Counting { return &Counting{w: w, what: what} }

// Show tells that so many are done; its first call tells how many were done
// before.
func (v *Counting) Show(done, total int) {
	now := time.Now()
	if v.begin.IsZero() {
		v.begin, v.told, v.first = now, now, done
		if IsTerminal(v.w) {
			v.bar = progressbar.NewOptions(max(total-done, 1),
				progressbar.OptionSetWriter(v.w),
				progressbar.OptionShowCount(),
				progressbar.OptionSetPredictTime(true),
				progressbar.OptionFullWidth(),
				progressbar.OptionSetDescription(v.what))
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

// End takes the bar away.
func (v *Counting) End() {
	if v.bar != nil {
		_ = v.bar.Clear()
	}
}
