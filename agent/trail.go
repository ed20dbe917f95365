package agent

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"selfrag/agent/internal/stop"
	"selfrag/retrieval"
)

// Trail is a way along a plan: a passage for each look-up, each found by a
// name in the passage before.
type Trail struct {
	Queries  []string // as they were searched
	Passages []retrieval.Passage
	Score    float64 // the mean of the passages' scores
}

// The size of the search for trails. A look-up costs milliseconds, a call of
// the model seconds. But for trailsKept, none of these is measured one by one.
const (
	trailWidth     = 24 // trails that go on after each look-up
	trailNames     = 10 // names tried of each passage
	trailPassages  = 3  // passages tried of each look-up
	trailsKept     = 1  // trails returned: a second one costs the question's own passages their places
	lookupsAtOnce  = 4
	lookupPassages = 20  // candidates of a look-up
	maxCandidates  = 200 // both sides of the first stage at their default depth
)

// firstStager is a Retriever that can search without its second stage.
// retrieval.TwoStage is one.
type firstStager interface {
	FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error)
}

// LookUp searches by the first stage alone where the retriever can, for many
// queries at the price of one reranking. The scores of two queries can be
// compared.
func (s *Steps) LookUp(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	if first, ok := s.retriever.(firstStager); ok {
		defer s.lookUps.start()()
		found, err := first.FirstStage(ctx, query, k)
		return found, stop.Reason(ctx, err)
	}
	res, err := s.Search(ctx, query)
	found := comparable(res)
	return found[:min(k, len(found))], err
}

// FollowPlan looks up a plan without asking the model: each name in the best
// passages of a look-up is tried in the next one, and the trails whose
// passages fit their queries best are returned, best first. A wrong name finds
// passages that fit badly, so the search itself tells which name was meant,
// where a small model that reads the passages would often tell wrong.
//
// This is a beam search over paths of passages as in multi-hop dense retrieval
// (Xiong et al., arXiv 2009.12756), with a plan's queries in place of a
// trained query encoder.
func (s *Steps) FollowPlan(ctx context.Context, question string, plan Plan) ([]Trail, error) {
	type state struct {
		trail Trail
		names map[int]string
	}
	states := []state{{names: map[int]string{}}}
	for i, lookup := range plan {
		if name, ok := plan.given(question, i+1); ok {
			for j := range states {
				states[j].names[i+1] = name
			}
			continue
		}
		queries := make([]string, len(states))
		for j, st := range states {
			queries[j] = fill(lookup, st.names)
		}
		found, err := s.lookUpAll(ctx, queries, lookupPassages)
		if err != nil {
			return nil, err
		}
		var next []state
		for j, st := range states {
			tried := 0
			for _, p := range found[queries[j]] {
				if tried == trailPassages {
					break
				}
				if slices.ContainsFunc(st.trail.Passages, func(q retrieval.Passage) bool { return q.ID == p.ID }) {
					continue
				}
				tried++
				next = append(next, state{st.trail.with(queries[j], p), st.names})
			}
		}
		if len(next) == 0 {
			break
		}
		slices.SortStableFunc(next, func(a, b state) int { return cmp.Compare(b.trail.Score, a.trail.Score) })
		if !plan.needed(i + 1) {
			states = next[:min(len(next), trailWidth)]
			continue
		}
		states = nil
		seen := map[string]bool{}
		for _, st := range next {
			last := st.trail.Passages[len(st.trail.Passages)-1]
			for _, name := range namesOf(last, question, trailNames) {
				names := maps.Clone(st.names)
				names[i+1] = name
				if key := keyOf(names, len(plan)); !seen[key] && len(states) < trailWidth {
					seen[key] = true
					states = append(states, state{st.trail, names})
				}
			}
		}
	}
	var trails []Trail
	for _, st := range states {
		if len(st.trail.Passages) > 0 && len(trails) < trailsKept {
			trails = append(trails, st.trail)
		}
	}
	return trails, nil
}

// with is the trail one passage longer.
func (t Trail) with(query string, p retrieval.Passage) Trail {
	n := float64(len(t.Passages))
	return Trail{
		Queries:  append(slices.Clone(t.Queries), query),
		Passages: append(slices.Clone(t.Passages), p),
		Score:    (t.Score*n + p.Score) / (n + 1),
	}
}

// scored is the trail's passages, each with the score of the trail.
func (t Trail) scored() []retrieval.Passage {
	out := slices.Clone(t.Passages)
	for i := range out {
		out[i].Score = t.Score
	}
	return out
}

func keyOf(names map[int]string, n int) string {
	parts := make([]string, n)
	for i, name := range names {
		parts[i-1] = name
	}
	return strings.Join(parts, "\x00")
}

// lookUpAll searches for each query once, some at a time.
func (s *Steps) lookUpAll(ctx context.Context, queries []string, k int) (map[string][]retrieval.Passage, error) {
	unique := slices.Compact(slices.Sorted(slices.Values(queries)))
	results := make([][]retrieval.Passage, len(unique))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(lookupsAtOnce)
	for i, q := range unique {
		g.Go(func() (err error) {
			results[i], err = s.LookUp(gctx, q, k)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, stop.Reason(ctx, err)
	}
	out := make(map[string][]retrieval.Passage, len(unique))
	for i, q := range unique {
		out[q] = results[i]
	}
	return out, nil
}
