package term

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"
)

// Reembed shows the progress of a change of embedder: with a bar on a terminal,
// otherwise with a line every few seconds.
type Reembed struct {
	w           io.Writer
	bar         *progressbar.ProgressBar // nil without a terminal
	begin, told time.Time
}

// NewReembed returns a view of a change of embedder.
func NewReembed(w io.Writer) *Reembed {
	v := &Reembed{w: w, begin: time.Now()}
	v.told = v.begin
	if IsTerminal(w) {
		v.bar = progressbar.NewOptions64(-1,
			progressbar.OptionSetWriter(Raw(w)),
			progressbar.OptionShowCount(),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetDescription("reembed"))
	}
	return v
}

// Show shows the progress. done is the number of passages that have their new
// vectors, and left is the number of passages that still need them.
func (v *Reembed) Show(done, left int) {
	now := time.Now()
	if v.bar != nil {
		v.bar.ChangeMax64(int64(max(done+left, 1)))
		_ = v.bar.Set64(int64(done))
	} else if now.Sub(v.told) >= progressEvery {
		v.told = now
		rate := float64(done) / max(now.Sub(v.begin).Seconds(), 1e-3)
		wait := time.Duration(float64(left) / rate * float64(time.Second))
		fmt.Fprintf(v.w, "reembed: %d passages, %.0f passages/s, %d and about %s left\n", done, rate, left, wait.Round(time.Second))
	}
}

// End removes the bar.
func (v *Reembed) End() {
	if v.bar != nil {
		_ = v.bar.Clear()
	}
}
