package ingest

import "time"

// Outcome is what became of a document.
type Outcome string

// The outcomes.
const (
	Added     Outcome = "added"
	Updated   Outcome = "updated" // the content or the way of splitting has changed
	Unchanged Outcome = "unchanged"
	Removed   Outcome = "removed" // by Config.Prune; with Config.DryRun it would be removed
	Failed    Outcome = "failed"
)

// Event says what became of one document, and how far the run is.
type Event struct {
	Source   string
	Outcome  Outcome
	Passages int   // number of passages, if the document was added or updated
	Err      error // why the document failed, if it did

	// Warnings says what the file holds and the document does not: a part that is
	// damaged or in another format, bytes that are not text.
	Warnings []string

	// DoneBytes is the size of the files that are done, and TotalBytes the size of
	// all files found.
	DoneBytes, TotalBytes int64
}

// Failure is a document, or a path, that could not be ingested.
type Failure struct {
	Source string
	Err    error
}

// Warning says which part of a document was left out, although the document was
// ingested.
type Warning struct{ Source, Text string }

// Report sums up a run.
type Report struct {
	Added, Updated, Unchanged int // numbers of documents
	Removed                   int // number of documents that Config.Prune removed, or would remove with Config.DryRun
	Failed                    []Failure
	Warned                    []Warning // warnings about documents that did not fail
	Passages                  int       // number of passages stored by this run
	Skipped                   int       // number of links and files of unknown type in the folders
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
