package serve

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// maxRerank is the maximum number of passages to rerank in one request.
const maxRerank = 500

// Query is a search query with its collection and options.
type Query struct {
	Text, Collection string
	SearchOptions
	Evidence bool // also find the sentences in the passages that may answer the query
}

// Found is the result of a search.
type Found struct {
	retrieval.Result
	Evidence *evidence.Found // nil if Query.Evidence is not set
	Took     time.Duration   // time to find the evidence
}

// Search finds passages in two stages. If q.Evidence is set, it also finds the
// sentences in these passages that may answer the query.
func (s *Scope) Search(ctx context.Context, q Query) (Found, error) {
	q.Collection = s.service.CollectionOr(q.Collection)
	found, err := s.search(ctx, q)
	return found, explain(ctx, err)
}

func (s *Scope) search(ctx context.Context, q Query) (Found, error) {
	if err := checkText("query", q.Text); err != nil {
		return Found{}, err
	}
	if err := q.check(); err != nil {
		return Found{}, err
	}
	c, err := s.collection(ctx, q.Collection)
	if err != nil {
		return Found{}, err
	}
	r, finder, err := s.service.cfg.Engine.Retriever(ctx, q.Collection, c, q.SearchOptions)
	if err != nil {
		return Found{}, err
	}
	res, err := r.Search(ctx, q.Text)
	if err != nil || !q.Evidence {
		return Found{Result: res}, err
	}
	began := time.Now()
	sentences, err := finder.Find(ctx, evidence.Of(q.Text, res))
	if err != nil {
		return Found{}, fmt.Errorf("find the evidence: %w", err)
	}
	return Found{res, &sentences, time.Since(began)}, nil
}

// Text is a passage that the caller provides.
type Text struct{ ID, Title, Text string }

// Ranked is a passage in the reranker's order.
type Ranked struct {
	Index int // index of the passage in the caller's list
	ID    string
	Score float64
}

// Rerank orders passages by how well they answer the query, best first.
func (s *Scope) Rerank(ctx context.Context, query string, texts []Text) ([]Ranked, error) {
	ranked, err := s.rerank(ctx, query, texts)
	return ranked, explain(ctx, err)
}

func (s *Scope) rerank(ctx context.Context, query string, texts []Text) ([]Ranked, error) {
	if _, err := s.grant.tenant.Name(); err != nil {
		return nil, &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	if err := checkText("query", query); err != nil {
		return nil, err
	}
	if len(texts) > maxRerank {
		return nil, Wrong("passages", "there are %d passages: at most %d are possible", len(texts), maxRerank)
	}
	r, err := s.service.cfg.Models.Reranker(ctx)
	if err != nil {
		return nil, err
	}
	if r == nil {
		return nil, errorf(Conflict, "this server has no reranker that works without a collection: name one with the setting rerank")
	}
	passages := make([]retrieval.Passage, len(texts))
	for i, t := range texts {
		passages[i] = retrieval.Passage{ID: strconv.Itoa(i), Title: t.Title, Text: t.Text}
	}
	if len(passages) == 0 {
		return []Ranked{}, nil
	}
	ordered, err := r.Rerank(ctx, query, passages)
	if err != nil {
		return nil, err
	}
	ranked := make([]Ranked, len(ordered))
	for i, p := range ordered {
		at, err := strconv.Atoi(p.ID)
		if err != nil || at < 0 || at >= len(texts) {
			return nil, errorf(Internal, "the reranker returned a passage that it was not given")
		}
		ranked[i] = Ranked{Index: at, ID: texts[at].ID, Score: p.Score}
	}
	return ranked, nil
}

// Written holds text as the language model wrote it, with its cost.
type Written struct {
	Text               string
	Prompt, Completion int // tokens; 0 if the model does not report them
}

// Write sends messages to the language model, without a search. Chat front ends
// use it for titles and tags. The messages of such a request quote answers, and
// the answers quote documents. So Write removes marks from the messages that
// the model would read as the beginning of another message. The options opts,
// such as a JSON schema, come after those that Write sets.
func (s *Scope) Write(ctx context.Context, messages []llms.MessageContent, maxTokens int, opts ...llms.CallOption) (Written, error) {
	out, err := s.write(ctx, messages, maxTokens, opts)
	return out, explain(ctx, err)
}

func (s *Scope) write(ctx context.Context, messages []llms.MessageContent, maxTokens int, opts []llms.CallOption) (Written, error) {
	if _, err := s.grant.tenant.Name(); err != nil {
		return Written{}, &Error{Kind: Forbidden, Message: "this key gives access to nothing", Err: err}
	}
	model, err := s.service.cfg.Models.Model(ctx)
	if err != nil {
		return Written{}, err
	}
	resp, err := model.GenerateContent(ctx, s.service.unmarked(messages),
		append([]llms.CallOption{llms.WithMaxTokens(maxTokens), llms.WithTemperature(0)}, opts...)...)
	if err != nil {
		return Written{}, err
	}
	if ctx.Err() != nil {
		return Written{}, ctx.Err()
	}
	if len(resp.Choices) == 0 {
		return Written{}, errorf(Unavailable, "the model wrote nothing")
	}
	out := Written{Text: resp.Choices[0].Content}
	out.Prompt, _ = resp.Choices[0].GenerationInfo["PromptTokens"].(int)
	out.Completion, _ = resp.Choices[0].GenerationInfo["CompletionTokens"].(int)
	return out, nil
}

func (s *Service) unmarked(messages []llms.MessageContent) []llms.MessageContent {
	if s.cfg.Unmark == nil {
		return messages
	}
	out := make([]llms.MessageContent, len(messages))
	for i, m := range messages {
		out[i] = llms.MessageContent{Role: m.Role}
		for _, part := range m.Parts {
			if text, ok := part.(llms.TextContent); ok {
				part = llms.TextPart(s.cfg.Unmark(text.Text))
			}
			out[i].Parts = append(out[i].Parts, part)
		}
	}
	return out
}
