package retrieval_test

import (
	"context"
	"fmt"
	"strings"

	"selfrag/retrieval"
)

// shelf is a store that looks for words, without an index.
type shelf []retrieval.Passage

func (s shelf) Dense(context.Context, retrieval.Request) ([]retrieval.Passage, error) {
	return nil, nil // it has no vectors
}

func (s shelf) Lexical(_ context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	var found []retrieval.Passage
	for _, p := range s {
		for _, word := range strings.Fields(r.Text) {
			if strings.Contains(p.Text, word) && (r.Filter == nil || r.Filter.Match(p)) {
				p.Score++
			}
		}
		if p.Score > 0 {
			found = append(found, p)
		}
	}
	retrieval.SortByScore(found)
	return found[:min(len(found), r.K)], nil
}

var manual = shelf{
	{ID: "1", Source: "pump.md", Text: "The pump is oiled in May.", Metadata: map[string]any{"lang": "en"}},
	{ID: "2", Source: "valve.md", Text: "The valve of the pump is opened by hand.", Metadata: map[string]any{"lang": "en"}},
	{ID: "3", Source: "펌프.md", Text: "펌프는 5월에 기름을 칩니다.", Metadata: map[string]any{"lang": "ko"}},
}

// A search without embedder and reranker, in the English documents.
func ExampleTwoStage_Search() {
	filter, err := retrieval.ParseFilter(`lang = "en"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	search, err := retrieval.New(manual, nil, nil, retrieval.Config{Mode: retrieval.Lexical, K2: 2, Filter: filter})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := search.Search(context.Background(), "valve pump")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range result.Passages {
		fmt.Println(p.Source, p.Text)
	}
	// Output:
	// valve.md The valve of the pump is opened by hand.
	// pump.md The pump is oiled in May.
}

// A filter is text or JSON, and says of any passage whether it passes.
func ExampleParseFilter() {
	filter, err := retrieval.ParseFilter(`lang = "ko" and not source = "valve.md"`)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, p := range manual {
		fmt.Println(p.Source, filter.Match(p))
	}
	_, err = retrieval.ParseFilter(`lang = `)
	fmt.Println(err)
	// Output:
	// pump.md false
	// valve.md false
	// 펌프.md true
	// filter: at the end: expected a text in quotes, a number, true or false
}
