package ingest

import "time"

// Outcome is what became of a document.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "added"
	Updated   Outcome = "updated" // its content changed, or the way of splitting
	Unchanged Outcome = "unchanged"
	Removed   Outcome = "removed" // by Config.Prune; with Config.DryRun it only would be
	Failed    Outcome = "failed"
)

// Event tells what became of one document, and how far the run is.
type Event struct {
	Source   string
	Outcome  Outcome
	Passages int   // of this document, when it was added or updated
	Err      error // why it failed

	// Warnings say what the file holds that its document does not: a part that
	// is damaged or of another format, bytes that are no text.
	Warnings []string

	// Bytes of the files found that are done with, and of all of them.
	DoneBytes, TotalBytes int64
}

// Failure is a document, or a path, that could not be ingested.
type Failure struct {
	Source string
	Err    error
}

// Warning says what of a document did not go in, while the rest did.
type Warning struct{ Source, Text string }

// Report sums up a run.
type Report struct {
	Added, Updated, Unchanged int // documents
	Removed                   int // by Config.Prune, or with Config.DryRun would be
	Failed                    []Failure
	Warned                    []Warning // of documents that did not fail
	Passages                  int       // stored by this run
	Skipped                   int       // files and links in the folders that are of no known type
	Elapsed                   time.Duration
}

func (r *Report) count(e Event) {
	switch e.Outcome {
	case Added:
		r.Added++
	case Updated:
		r.Updated++
	case Unchanged:
		r.Unchanged++
	case Removed:
		r.Removed++
	case Failed:
		r.Failed = append(r.Failed, Failure{e.Source, e.Err})
	}
	r.Passages += e.Passages
	for _, w := range e.Warnings {
		r.Warned = append(r.Warned, Warning{e.Source, w})
	}
}
