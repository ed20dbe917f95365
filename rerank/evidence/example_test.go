package evidence_test

import (
	"context"
	"fmt"

	"github.com/tmc/langchaingo/schema"

	"selfrag/rerank"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

var _ rerank.DocumentCompressor = (*evidence.Compressor)(nil)

// handbook stands for any langchaingo retriever.
type handbook struct{}

func (handbook) GetRelevantDocuments(context.Context, string) ([]schema.Document, error) {
	return []schema.Document{
		{
			PageContent: "Everyone has 15 days of leave a year. Unused leave may be carried over, at most 5 days of it. Ask your lead first.",
			Metadata:    map[string]any{"source": "leave.md", "title": "Annual leave"},
		},
		{
			PageContent: "The cafeteria opens at noon. Lunch costs 8,000 won.",
			Metadata:    map[string]any{"source": "office.md", "title": "Busan office"},
		},
	}, nil
}

// Evidence works over any retriever, as rerankers do.
func ExampleCompressor() {
	// With an encoder's token vectors in place of nil, the probabilities are
	// better.
	finder := evidence.New(nil, evidence.Config{K: 1})
	compressor, err := evidence.NewCompressor(finder, evidence.CompressorConfig{})
	if err != nil {
		fmt.Println(err)
		return
	}
	retriever, err := rerank.NewCompressionRetriever(handbook{}, compressor)
	if err != nil {
		fmt.Println(err)
		return
	}
	docs, err := retriever.GetRelevantDocuments(context.Background(), "How much unused leave may be carried over?")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, doc := range docs {
		p := retrieval.FromSchema(doc)
		fmt.Printf("%s[%d:%d] %s\n", p.Source, p.Start, p.End, p.Text)
	}
	// Output:
	// leave.md[38:93] Unused leave may be carried over, at most 5 days of it.
}
