package evidence

import (
	"context"
	"errors"
	"fmt"
	"maps"

	"github.com/tmc/langchaingo/schema"

	"selfrag/retrieval"
)

// CompressorConfig says what is kept. Its zero value works. How many sentences
// are kept at most is the finder's Config.K.
type CompressorConfig struct {
	MinAnswers float64 // P(answers) that a sentence must reach; 0: any will do
}

// Compressor makes documents of one sentence each of those that a langchaingo
// retriever found: extractive compression. It is a rerank.DocumentCompressor,
// and safe for concurrent use.
type Compressor struct {
	finder *Finder
	cfg    CompressorConfig
}

// NewCompressor makes a document compressor of a finder.
func NewCompressor(finder *Finder, cfg CompressorConfig) (*Compressor, error) {
	if finder == nil {
		return nil, errors.New("a compressor needs a finder of evidence")
	}
	if !(cfg.MinAnswers >= 0 && cfg.MinAnswers <= 1) { // NaN is neither
		return nil, fmt.Errorf("a compressor cannot keep sentences from P(answers) %g: it is a probability", cfg.MinAnswers)
	}
	return &Compressor{finder, cfg}, nil
}

// Copies is the key of a document's metadata that holds the other sources that
// say the same in the same words, a []string.
const Copies = "copies"

// Compress returns the sentences of the documents that may answer the query,
// best first, each as a document. Its PageContent is the sentence, verbatim, and
// its Score is P(answers). Its metadata are those of the document that it comes
// from, with start and end, in runes, of the sentence: in the whole document where
// that one says where it begins, else in that one's text. The heading is the
// sentence's own. retrieval.FromSchema reads it back as a passage.
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

// schema makes a langchaingo document of a sentence, with the metadata of the
// one that it comes from.
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
