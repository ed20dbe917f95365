package agent

import (
	"context"
	"fmt"
	"strings"

	"selfrag/agent/internal/stop"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// EvidenceFinder finds the sentences of passages that may answer a question,
// each with the probability that it does. evidence.Finder is one. It must be
// safe for concurrent use.
type EvidenceFinder interface {
	Find(ctx context.Context, in evidence.Input) (evidence.Found, error)
}

// Evidence finds the sentences that may answer a question in what a search
// found, once for each question and passages. It asks no language model.
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

// withoutEvidence says in an answer that the finder failed. Why stands in the
// trace: what a part says may name addresses.
const withoutEvidence = "the sentences of the passages could not be compared with the question"

// searched searches, and finds the evidence for the query in what was found.
// Where that fails the turn goes on without evidence, and the result says so.
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
