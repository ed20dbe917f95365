package reading

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Documents reads the passages of a document in their order. retrieval.TwoStage
// does, through the filter of its search. It must be safe for concurrent use.
type Documents interface {
	Passages(ctx context.Context, part retrieval.Part) ([]retrieval.Passage, error)
}

// Config tunes a Reader. Its zero value works.
type Config struct {
	// Tokens is the budget of what is read, as text.Tokens counts them (2000). Of
	// what answers about the handbook must hold, what is read holds 0.842 at 1000,
	// 0.870 at 2000 and 0.885 at 4000; docs/results.md has the figures.
	Tokens int
	// Passages is how many passages of one document are looked at (64), and
	// Documents how many documents (6).
	Passages  int
	Documents int
	// Reach is how many runes before and behind a found passage belong to what is
	// looked at of a document that is not read whole (4000): longer sections are
	// read in parts anyway. Not measured.
	Reach int
}

func (c Config) withDefaults() Config {
	c.Tokens = cmp.Or(max(c.Tokens, 0), 2000)
	c.Passages = cmp.Or(max(c.Passages, 0), 64)
	c.Documents = cmp.Or(max(c.Documents, 0), 6)
	c.Reach = cmp.Or(max(c.Reach, 0), 4000)
	return c
}

// Input is what to choose by.
type Input struct {
	Question string
	Want     text.Want
	Found    retrieval.Result    // for the question
	Evidence []evidence.Sentence // in what was found; may be empty
}

// Reading is what is to be read.
type Reading struct {
	// Passages are spans of documents, none of them twice: the documents in the
	// order in which to read them, each from its beginning to its end. An id is
	// that of a passage which the span was cut from, with the span's beginning
	// behind it where it is not that passage itself.
	Passages []retrieval.Passage
	// Left are the documents of which parts did not fit.
	Left []Left
	// Degraded says what could not be read; empty when all could.
	Degraded string
}

// Left is what of a document did not fit.
type Left struct {
	Source, Title string
	Sections      []string // their headings; those without one by their first words
	More          bool     // the document goes on behind what was looked at
}

// String says what did not fit in a sentence without its end.
func (l Left) String() string {
	name := cmp.Or(l.Title, l.Source)
	switch {
	case len(l.Sections) == 0:
		return fmt.Sprintf("%s goes on behind what was read", name)
	case l.More:
		return fmt.Sprintf("of %s these parts were not read: %s; and the document goes on", name, strings.Join(l.Sections, ", "))
	}
	return fmt.Sprintf("of %s these parts were not read: %s", name, strings.Join(l.Sections, ", "))
}

// Reader chooses what is read. It is safe for concurrent use.
type Reader struct {
	documents Documents
	cfg       Config
}

// New returns a reader of documents. nil is none: what was found is then all that
// it reads.
func New(documents Documents, cfg Config) *Reader {
	return &Reader{documents, cfg.withDefaults()}
}

// Read chooses what is read for a question. A document that cannot be read is
// read as far as it was found, and the reading says so; an error is the end of
// the context. For a fact it is the best sections of all that was found.
func (r *Reader) Read(ctx context.Context, in Input) (Reading, error) {
	var out Reading
	all := documentsOf(in)
	chosen, mode := choose(in, all, r.cfg.Documents)
	for _, d := range chosen {
		if err := r.look(ctx, d, mode); err != nil {
			if ctx.Err() != nil {
				return Reading{}, fmt.Errorf("read document %s: %w", d.source, context.Cause(ctx))
			}
			if !errors.Is(err, errors.ErrUnsupported) {
				out.Degraded = "a document could not be read whole, and passages of it stand for it"
			}
		}
		rate(in, d)
	}
	take(mode, chosen, r.cfg.Tokens)
	for _, d := range ordered(mode, chosen) {
		out.Passages = append(out.Passages, d.passages()...)
		if left, some := d.left(mode); some {
			out.Left = append(out.Left, left)
		}
	}
	return out, nil
}

// look reads a document and cuts it into its sections.
func (r *Reader) look(ctx context.Context, d *document, mode mode) error {
	passages, err := d.found, error(nil)
	if r.documents != nil {
		part := retrieval.Part{Document: d.id, Source: d.source, K: r.cfg.Passages + 1}
		if mode == bySection {
			part.From, part.To = d.around(r.cfg.Reach)
		}
		var read []retrieval.Passage
		if read, err = r.documents.Passages(ctx, part); err == nil && len(read) > 0 {
			d.more = len(read) > r.cfg.Passages
			passages = read[:min(len(read), r.cfg.Passages)]
		}
	}
	d.cut(passages)
	return err
}
