package term

import (
	"fmt"
	"io"
	"time"

	"github.com/schollz/progressbar/v3"

	"selfrag/retrieval/ingest"
)

// progressEvery is the interval between progress lines on an output without a
// bar.
const progressEvery = 5 * time.Second

// Ingest shows the progress of an ingestion: with a bar on a terminal,
// otherwise with a line every few seconds. A document that fails or is removed
// gets a line at once.
type Ingest struct {
	w      io.Writer
	bar    *progressbar.ProgressBar // nil without a terminal
	dryRun bool

	begin, told         time.Time
	documents, passages int
}

// NewIngest returns a view of an ingestion, or of a dry run.
func NewIngest(w io.Writer, dryRun bool) *Ingest {
	v := &Ingest{w: w, dryRun: dryRun, begin: time.Now()}
	v.told = v.begin
	if IsTerminal(w) {
		v.bar = progressbar.NewOptions64(1,
			progressbar.OptionSetWriter(Raw(w)),
			progressbar.OptionShowBytes(true),
			progressbar.OptionSetPredictTime(true),
			progressbar.OptionFullWidth(),
			progressbar.OptionThrottle(100*time.Millisecond),
			progressbar.OptionSetDescription("ingest"))
	}
	return v
}

// Show shows the outcome of a document.
func (v *Ingest) Show(e ingest.Event) {
	v.documents++
	v.passages += e.Passages
	switch {
	case e.Err != nil:
		v.line("failed: %s: %s", Printable(e.Source), Printable(e.Err.Error()))
	case e.Outcome == ingest.Removed && v.dryRun:
		v.line("would be removed: %s", Printable(e.Source))
	case e.Outcome == ingest.Removed:
		v.line("removed: %s", Printable(e.Source))
	}
	for _, w := range e.Warnings {
		v.line("warning: %s: %s", Printable(e.Source), Printable(w))
	}
	now := time.Now()
	if v.bar != nil {
		v.bar.ChangeMax64(max(e.TotalBytes, 1))
		v.bar.Describe(fmt.Sprintf("ingest: %d documents, %s", v.documents, v.rate(now)))
		_ = v.bar.Set64(e.DoneBytes)
	} else if now.Sub(v.told) >= progressEvery {
		v.told = now
		v.line("ingest: %s", v.progress(now, e))
	}
}

func (v *Ingest) rate(now time.Time) string {
	return fmt.Sprintf("%.0f passages/s", float64(v.passages)/max(now.Sub(v.begin).Seconds(), 1e-3))
}

// progress describes the progress in words.
func (v *Ingest) progress(now time.Time, e ingest.Event) string {
	text := fmt.Sprintf("%d documents, %d passages, %s", v.documents, v.passages, v.rate(now))
	if e.TotalBytes == 0 || e.DoneBytes == 0 {
		return text
	}
	share := float64(e.DoneBytes) / float64(e.TotalBytes)
	left := time.Duration(float64(now.Sub(v.begin)) * (1 - share) / share)
	return fmt.Sprintf("%s, %.0f%% of %.1f MB, %s left", text, 100*share, float64(e.TotalBytes)/1e6, left.Round(time.Second))
}

func (v *Ingest) line(format string, args ...any) {
	if v.bar != nil {
		_ = v.bar.Clear()
	}
	fmt.Fprintf(v.w, format+"\n", args...)
}

// End removes the bar.
func (v *Ingest) End() {
	if v.bar != nil {
		_ = v.bar.Clear()
	}
}
