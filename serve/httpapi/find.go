package httpapi

import (
	"net/http"

	"selfrag/agent"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/serve"
)

type searchRequest struct {
	Query      string `json:"query"`
	Collection string `json:"collection"`
	Evidence   bool   `json:"evidence"`
	searchFields
}

func (s *Server) search(x *exchange) error {
	var req searchRequest
	if err := decode(x, &req); err != nil {
		return err
	}
	x.collection = s.cfg.Service.CollectionOr(req.Collection)
	options, err := req.options()
	if err != nil {
		return err
	}
	res, err := x.scope.Search(x.ctx(), serve.Query{Text: req.Query, Collection: req.Collection, SearchOptions: options, Evidence: req.Evidence})
	if err != nil {
		return err
	}
	took := timings(res.Timings)
	answer := object{"query": res.Query, "passages": s.foundJSON(x, res.Passages), "degraded": res.Degraded, "timings_ms": took}
	if res.Evidence != nil {
		answer["evidence"] = s.evidenceJSON(x, *res.Evidence)
		took["evidence"] = agent.Milliseconds(res.Took)
		took["total"] = agent.Milliseconds(res.Timings.Total + res.Took)
	}
	return writeJSON(x, http.StatusOK, answer)
}

// foundJSON returns the passages of a search, each with the URL of its source.
func (s *Server) foundJSON(x *exchange, found []retrieval.Passage) any {
	type passage struct {
		retrieval.Passage
		URL string `json:"url"`
	}
	out := []passage{}
	for _, p := range found {
		out = append(out, passage{p, s.sourceURL(x, agent.Citation{Document: p.Document, Source: p.Source, Start: p.Start, End: p.End})})
	}
	return out
}

// evidenceJSON returns the sentences that may answer the query, each with the
// URL of its source.
func (s *Server) evidenceJSON(x *exchange, found evidence.Found) any {
	type sentence struct {
		evidence.Sentence
		URL string `json:"url"`
	}
	out := struct {
		evidence.Found
		Sentences []sentence `json:"sentences"`
	}{Found: found, Sentences: []sentence{}}
	for _, f := range found.Sentences {
		out.Sentences = append(out.Sentences, sentence{f, s.sourceURL(x, quoting(f))})
	}
	return out
}

type rerankRequest struct {
	Query    string `json:"query"`
	Passages []struct {
		ID    string  `json:"id"`
		Title string  `json:"title"`
		Text  *string `json:"text"`
	} `json:"passages"`
}

func (s *Server) rerank(x *exchange) error {
	var req rerankRequest
	if err := decode(x, &req); err != nil {
		return err
	}
	if req.Passages == nil {
		return serve.Wrong("passages", "there are no passages")
	}
	texts := make([]serve.Text, len(req.Passages))
	for i, p := range req.Passages {
		if p.Text == nil {
			return serve.Wrong("passages", "passage %d has no text", i)
		}
		texts[i] = serve.Text{ID: p.ID, Title: p.Title, Text: *p.Text}
	}
	ranked, err := x.scope.Rerank(x.ctx(), req.Query, texts)
	if err != nil {
		return err
	}
	type result struct {
		Index int     `json:"index"`
		ID    string  `json:"id"`
		Score float64 `json:"score"`
	}
	results := make([]result, len(ranked))
	for i, r := range ranked {
		results[i] = result(r)
	}
	return writeJSON(x, http.StatusOK, object{"results": results})
}
