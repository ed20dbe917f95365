package evidence

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/tmc/langchaingo/schema"

	"selfrag/retrieval"
)

// CompressorConfig sets what a Compressor keeps. Its zero value works. The
// maximum number of sentences is Config.K of the finder.
type CompressorConfig struct {
	MinAnswers float64 // least P(answers) of a sentence; 0 means no limit
}

// Compressor turns the documents of a langchaingo retriever into documents of
// one sentence each (extractive compression). It is a rerank.DocumentCompressor
// and safe for concurrent use.
type Compressor struct {
	finder *Finder
	cfg    CompressorConfig
}

// NewCompressor returns a document compressor that uses a finder.
func NewCompressor(finder *Finder, cfg CompressorConfig) (*Compressor, error) {
	if finder == nil {
		return nil, errors.New("a compressor needs a finder of evidence")
	}
	if !(cfg.MinAnswers >= 0 && cfg.MinAnswers <= 1) { // false for NaN
		return nil, fmt.Errorf("a compressor cannot keep sentences from P(answers) %g: it is a probability", cfg.MinAnswers)
	}
	return &Compressor{finder, cfg}, nil
}

// Copies is the metadata key under which a document lists the other sources
// with the same words, as a []string.
const Copies = "copies"

// Compress returns the sentences of the documents that may answer the query,
// best first, each as a document. PageContent is the sentence, verbatim, and
// Score is P(answers). The metadata are those of the original document, with
// the start and end of the sentence in runes: within the whole document if the
// original says where it begins, and otherwise within the text of the original.
// The heading is the sentence's own. retrieval.FromSchema reads such a document
// back as a passage.
func (c *Compressor) Compress(ctx context.Context, query string, docs []schema.Document) ([]schema.Document, error) {
	passages := retrieval.FromSchemas(docs)
	from := make(map[string]schema.Document, len(docs))
	for i, p := range passages {
		from[p.ID] = docs[i]
	}
	found, err := c.finder.Find(ctx, Input{Question: query, Passages: passages})
	if err != nil {
		return nil, fmt.Errorf("find the evidence in %d documents: %w", len(docs), err)
	}
	kept := make([]schema.Document, 0, len(found.Sentences))
	for _, s := range found.Sentences {
		if s.Answers < c.cfg.MinAnswers {
			break // best first: no later one reaches it
		}
		kept = append(kept, s.schema(from[s.Passage].Metadata))
	}
	return kept, nil
}

// schema returns a sentence as a langchaingo document, with the metadata of its
// original document.
func (s Sentence) schema(metadata map[string]any) schema.Document {
	m := maps.Clone(metadata)
	if m == nil {
		m = map[string]any{}
	}
	m["start"], m["end"] = s.Start, s.End
	if s.Heading != "" {
		m[retrieval.Heading] = s.Heading
	}
	if len(s.Copies) > 0 {
		m[Copies] = s.Copies
	}
	return schema.Document{PageContent: s.Text, Metadata: m, Score: float32(s.Answers)}
}
