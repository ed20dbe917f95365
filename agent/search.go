package agent

import (
	"context"
	"fmt"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/internal/stop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// Search runs the two stages of retrieval. A repeated query returns the earlier
// result.
func (s *Steps) Search(ctx context.Context, query string) (retrieval.Result, error) {
	s.mu.Lock()
	res, known := s.results[query]
	s.mu.Unlock()
	if known {
		res.Timings = retrieval.Timings{}
		return res, nil
	}
	res, err := s.searchSpan(ctx, query, func(ctx context.Context) (retrieval.Result, error) {
		res, err := s.retriever.Search(ctx, query)
		return res, stop.Reason(ctx, err)
	})
	if err != nil {
		return res, fmt.Errorf("search for %q: %w", query, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.results[query] = res
	s.subjects = nil
	s.searched.Embed += res.Timings.Embed
	s.searched.Search += res.Timings.Search
	s.searched.Rerank += res.Timings.Rerank
	return res, nil
}

// sources returns the passages and the names against which the claims of an
// answer are checked. The names are names in the question that many of the
// documents found so far contain, or that are the subject of one of these
// documents.
func (s *Steps) sources(question string, passages []retrieval.Passage) claim.Sources {
	return claim.Sources{Passages: passages, Subjects: s.subjectsOf(question), Without: s.cfg.WithoutRules}
}

func (s *Steps) subjectsOf(question string) claim.Subjects {
	s.mu.Lock()
	defer s.mu.Unlock()
	if subjects, known := s.subjects[question]; known {
		return subjects
	}
	var found []retrieval.Passage
	for _, r := range s.results {
		found = append(append(found, r.Passages...), r.Rest...)
	}
	subjects := claim.SubjectsOf(question, found)
	if s.subjects == nil {
		s.subjects = map[string]claim.Subjects{}
	}
	s.subjects[question] = subjects
	return subjects
}

// EvidenceFinder finds the sentences of passages that may answer a question,
// each with the probability that it answers the question. evidence.Finder is
// one. An EvidenceFinder must be safe for concurrent use.
type EvidenceFinder interface {
	Find(ctx context.Context, in evidence.Input) (evidence.Found, error)
}

// Evidence finds the sentences in the result of a search that may answer a
// question. If the question and the passages are the same as before, it returns
// the earlier result. It asks no language model.
func (s *Steps) Evidence(ctx context.Context, question string, found retrieval.Result) (evidence.Found, error) {
	key := question + "\x00" + strings.Join(idsOf(found.Passages), "\x00")
	s.mu.Lock()
	seen, known := s.evidence[key]
	s.mu.Unlock()
	if known {
		return seen, nil
	}
	seen, err := evidenceSpan(ctx, question, func(ctx context.Context) (evidence.Found, error) {
		seen, err := s.cfg.Evidence.Find(ctx, evidence.Of(question, found))
		return seen, stop.Reason(ctx, err)
	})
	if err != nil {
		return evidence.Found{}, fmt.Errorf("find the evidence for %q: %w", question, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.evidence[key] = seen
	return seen, nil
}

// withoutEvidence is the note in an answer that the evidence finder failed. The
// reason is only in the trace, because an error may contain addresses.
const withoutEvidence = "the sentences of the passages could not be compared with the question"

// searched searches for a query and finds the evidence in the result. If the
// evidence finder fails, there is no evidence and the result says so in
// Degraded.
func (t *Turn) searched(ctx context.Context, i int, query string) (retrieval.Result, evidence.Found, error) {
	found, err := t.Steps.Search(ctx, query)
	if err != nil {
		return found, evidence.Found{}, err
	}
	t.Emit(Searched{Iteration: i, Result: found})
	if len(found.Passages) == 0 {
		return found, evidence.Found{}, nil
	}
	seen, err := t.Steps.Evidence(ctx, query, found)
	switch {
	case ctx.Err() != nil:
		return found, evidence.Found{}, context.Cause(ctx)
	case err != nil:
		found.Degraded = joined(found.Degraded, withoutEvidence)
		return found, evidence.Found{}, nil //nolint:nilerr // the result and the trace tell
	}
	t.Emit(EvidenceFound{Iteration: i, Found: seen})
	return found, seen, nil
}
