package multihop

import (
	"context"
	"errors"
	"slices"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval"
)

// Searcher searches for one query with the first stage. retrieval.TwoStage is
// one.
type Searcher interface {
	// FirstStage returns the best k passages for a query, best first. Scores
	// must be in standard deviations above the average candidate for the query,
	// so that scores for different queries can be compared. FirstStage must be
	// safe for concurrent use.
	FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error)
}

// Finder finds the passages for a question that takes several sub-questions. It
// is safe for concurrent use if its Searcher is.
type Finder struct {
	Searcher Searcher // required
	// WithoutPaths leaves out the search along a plan.
	WithoutPaths bool
	// WithoutBridges leaves out the search for passages that are related to the
	// best passages.
	WithoutBridges bool
}

// The size of a search. It can be large because a search costs milliseconds and
// a model call seconds. Not measured.
const (
	searchesAtOnce = 4
	maxCandidates  = 200 // passages of a search whose whole ranking is used; the first stage merges two searches, by default 100 passages each
)

// Follow returns the passages for a question, best first. It merges passages
// from three sources by score: a search for the question itself, the paths
// along the plan (if it has at least two sub-questions), and bridges. Follow
// also returns the paths, best first. The error is an error of the Searcher, or
// the cause of ctx if ctx ended.
func (f Finder) Follow(ctx context.Context, question string, plan Plan) ([]retrieval.Passage, []Path, error) {
	if f.Searcher == nil {
		return nil, nil, errors.New("follow a plan: the finder has no searcher")
	}
	direct, err := f.Searcher.FirstStage(ctx, question, maxCandidates)
	if err != nil {
		return nil, nil, err
	}
	var found Pool
	found.Add(direct)
	var paths []Path
	if len(plan) > 1 && !f.WithoutPaths {
		if paths, err = f.paths(ctx, question, plan); err != nil {
			return nil, nil, err
		}
	}
	for _, path := range paths {
		found.Add(path.scored())
	}
	if !f.WithoutBridges {
		bridged, err := f.bridges(ctx, question, direct, found.Ranking())
		if err != nil {
			return nil, nil, err
		}
		found.Add(bridged)
	}
	return found.Ranking(), paths, nil
}

// searchAll searches for each query once, up to searchesAtOnce at a time, and
// returns up to k passages for each query.
func (f Finder) searchAll(ctx context.Context, queries []string, k int) (map[string][]retrieval.Passage, error) {
	unique := slices.Compact(slices.Sorted(slices.Values(queries)))
	results := make([][]retrieval.Passage, len(unique))
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(searchesAtOnce)
	for i, q := range unique {
		g.Go(func() (err error) {
			results[i], err = f.Searcher.FirstStage(gctx, q, k)
			return err
		})
	}
	if err := g.Wait(); err != nil {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		return nil, err
	}
	out := make(map[string][]retrieval.Passage, len(unique))
	for i, q := range unique {
		out[q] = results[i]
	}
	return out, nil
}
