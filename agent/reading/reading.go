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
// implements it with the filter of its search. An implementation must be safe
// for concurrent use.
type Documents interface {
	Passages(ctx context.Context, part retrieval.Part) ([]retrieval.Passage, error)
}

// Config tunes a Reader. Its zero value works.
type Config struct {
	// Tokens is the maximum length of the text to read, in tokens as
	// text.Tokens counts them. The default is 2000. The share of the required
	// facts in the text was measured for the questions about the demo's
	// documents (the handbook). It is 0.842 for 1000 tokens, 0.870 for 2000 and
	// 0.885 for 4000 (docs/development/results.md).
	Tokens int
	// Passages is the maximum number of passages that are looked at in one
	// document. The default is 64. Documents is the maximum number of documents
	// to read. The default is 6.
	Passages  int
	Documents int
	// Reach is the number of runes before and after a found passage that are
	// looked at if the document is not read whole. The default is 4000, which
	// is more than the longest part of a section (longestSection). The default
	// was not measured.
	Reach int
	// Least is a share of the score of the best section. Sections with a lower
	// score are not read, unless the document is read from beginning to end. The
	// default 0 reads as many as fit.
	Least float64
	// Leads reads only the first sentences of each section of a document to
	// summarise, so that a few tokens reach its end.
	Leads bool
}

func (c Config) withDefaults() Config {
	c.Tokens = cmp.Or(max(c.Tokens, 0), 2000)
	c.Passages = cmp.Or(max(c.Passages, 0), 64)
	c.Documents = cmp.Or(max(c.Documents, 0), 6)
	c.Reach = cmp.Or(max(c.Reach, 0), 4000)
	return c
}

// Input holds a question, what it asks for, and what was found for it.
type Input struct {
	Question string
	Want     text.Want
	Found    retrieval.Result    // result of the search for the question
	Evidence []evidence.Sentence // sentences in the found passages that may answer; may be empty
}

// Reading holds the passages to read.
type Reading struct {
	// Passages are spans of documents, none of them twice. The documents are in
	// reading order, each from its beginning to its end. A span has the id of
	// the passage that it was cut from. If the span is not the whole passage,
	// the start of the span is added to the id.
	Passages []retrieval.Passage
	// Left lists the documents that did not fit in full.
	Left []Left
	// Degraded says which documents could not be read. It is empty if all could
	// be read.
	Degraded string
}

// Left is the part of a document that did not fit.
type Left struct {
	Source, Title string
	Sections      []string // headings of the sections, or their first words
	More          bool     // the document is longer than the part that was looked at
}

// String describes in a sentence what did not fit. The sentence has no full
// stop at its end.
func (l Left) String() string {
	name := cmp.Or(l.Title, l.Source)
	switch {
	case len(l.Sections) == 0:
		return fmt.Sprintf("%s continues after what was read", name)
	case l.More:
		return fmt.Sprintf("of %s these parts were not read: %s; and the document goes on", name, strings.Join(l.Sections, ", "))
	}
	return fmt.Sprintf("of %s these parts were not read: %s", name, strings.Join(l.Sections, ", "))
}

// Reader chooses what to read. It is safe for concurrent use.
type Reader struct {
	documents Documents
	cfg       Config
}

// New returns a reader of documents. If documents is nil, the reader uses only
// the found passages.
func New(documents Documents, cfg Config) *Reader {
	return &Reader{documents, cfg.withDefaults()}
}

// Read chooses what to read for a question. If a document cannot be read, Read
// uses its found passages and says so in Degraded. It fails only if the context
// ends. For a question that asks for a single fact, Read returns the best
// sections of all found documents.
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
				out.Degraded = "a document could not be read whole; some of its passages are used instead"
			}
		}
		rate(in, d)
	}
	tokens := r.cfg.Tokens
	leading := r.cfg.Leads && in.Want == text.WantSummary
	if leading {
		tokens *= leadReach
	}
	take(mode, chosen, tokens, r.cfg.Least)
	for _, d := range ordered(mode, chosen) {
		out.Passages = append(out.Passages, d.passages()...)
		if left, some := d.left(mode); some {
			out.Left = append(out.Left, left)
		}
	}
	if leading {
		out.Passages = leads(out.Passages, r.cfg.Tokens)
	}
	return out, nil
}

// look reads a document and cuts it into sections.
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
