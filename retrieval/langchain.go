package retrieval

import (
	"context"
	"maps"
	"strconv"

	"github.com/tmc/langchaingo/schema"
)

var _ schema.Retriever = (*TwoStage)(nil)

// GetRelevantDocuments makes the retriever a langchaingo schema.Retriever.
func (t *TwoStage) GetRelevantDocuments(ctx context.Context, query string) ([]schema.Document, error) {
	res, err := t.Search(ctx, query)
	if err != nil {
		return nil, err
	}
	docs := make([]schema.Document, len(res.Passages))
	for i, p := range res.Passages {
		docs[i] = ToSchema(p)
	}
	return docs, nil
}

// ToSchema converts a passage to a langchaingo document. The passage's own
// fields become metadata under their JSON names; FromSchema reads them again.
func ToSchema(p Passage) schema.Document {
	m := maps.Clone(p.Metadata)
	if m == nil {
		m = map[string]any{}
	}
	m["id"], m["document"], m["source"], m["title"] = p.ID, p.Document, p.Source, p.Title
	m["start"], m["end"] = p.Start, p.End
	return schema.Document{PageContent: p.Text, Metadata: m, Score: float32(p.Score)}
}

// FromSchema converts a langchaingo document of any retriever to a passage.
// Fields that its metadata lack stay empty, and End covers the text.
func FromSchema(d schema.Document) Passage {
	p := Passage{Text: d.PageContent, Score: float64(d.Score), End: len([]rune(d.PageContent))}
	text := map[string]*string{"id": &p.ID, "document": &p.Document, "source": &p.Source, "title": &p.Title}
	number := map[string]*int{"start": &p.Start, "end": &p.End}
	for k, v := range d.Metadata {
		if dst, ok := text[k]; ok {
			if s, ok := v.(string); ok {
				*dst = s
				continue
			}
		}
		if dst, ok := number[k]; ok {
			if n, ok := v.(int); ok {
				*dst = n
				continue
			}
		}
		if p.Metadata == nil {
			p.Metadata = map[string]any{}
		}
		p.Metadata[k] = v
	}
	return p
}

// FromSchemas converts documents to passages, in the same order, each with a
// unique id. Documents of other retrievers may lack ids or repeat them, and
// rerankers distinguish passages by id.
func FromSchemas(docs []schema.Document) []Passage {
	passages := make([]Passage, len(docs))
	for i, d := range docs {
		passages[i] = FromSchema(d)
	}
	taken := make(map[string]bool, len(docs))
	for i := range passages {
		id := passages[i].ID
		for n := i; id == "" || taken[id]; n++ {
			id = "document-" + strconv.Itoa(n)
		}
		passages[i].ID = id
		taken[id] = true
	}
	return passages
}
