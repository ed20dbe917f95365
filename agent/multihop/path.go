package multihop

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"selfrag/retrieval"
)

// Path holds the passages that were found for the sub-questions of a plan, one
// for each, in order. The query for a sub-question contains names from the
// passages before it. A sub-question that Plan.Given answers is not searched
// for and has no passage.
type Path struct {
	Queries  []string // the searched queries, one for each of Passages
	Passages []retrieval.Passage
	Score    float64 // mean score of the passages, in standard deviations above the average candidate
}

// The limits of the beam search. No constant was measured on its own.
const (
	beamWidth    = 24 // paths that are kept after each hop
	pathNames    = 10 // names tried per passage
	pathPassages = 3  // passages tried per search
	hopPassages  = 20 // candidates per search
)

// keptPaths is the number of paths that are returned. The passages of a second
// path would displace passages found for the question itself. Not measured.
const keptPaths = 1

// paths searches for the sub-questions of a plan, one after another. It fills
// each name from the best passages for one sub-question into the next
// sub-question. It returns the paths with the best scores, best first. A wrong
// name finds passages with low scores, so the search itself shows which name
// was meant. A small model that reads the passages often chooses the wrong
// name.
//
// This is a beam search over paths of passages as in multi-hop dense retrieval
// (Xiong et al., arXiv 2009.12756), with the queries of a plan in place of a
// trained query encoder.
func (f Finder) paths(ctx context.Context, question string, plan Plan) ([]Path, error) {
	b := newBeam(question, plan)
	for n := 1; n <= len(plan); n++ {
		if b.given[n] != "" {
			continue
		}
		longer, err := b.extend(ctx, f, n)
		if err != nil {
			return nil, err
		}
		if len(longer) == 0 {
			break
		}
		b.partial = b.kept(longer, n)
	}
	return b.best(), nil
}

// beam is a beam search along one plan.
type beam struct {
	question string
	plan     Plan
	given    map[int]string // answers that the question itself contains (Plan.Given), by the number of the sub-question
	partial  []partial      // the paths to extend, best first
}

// partial is an unfinished path. names holds the name chosen for each
// sub-question so far, by its number. These names replace the references in
// later sub-questions.
type partial struct {
	path  Path
	names map[int]string
}

// newBeam returns a beam with one path that has no passage yet.
func newBeam(question string, plan Plan) beam {
	given := map[int]string{}
	for n := 1; n <= len(plan); n++ {
		if name, ok := plan.Given(question, n); ok {
			given[n] = name
		}
	}
	return beam{question, plan, given, []partial{{names: given}}}
}

// extend searches for the nth sub-question with the names of each partial path.
// It returns paths that are one passage longer, best first.
func (b beam) extend(ctx context.Context, f Finder, n int) ([]partial, error) {
	queries := make([]string, len(b.partial))
	for i, p := range b.partial {
		queries[i] = Fill(b.plan[n-1], p.names)
	}
	found, err := f.searchAll(ctx, queries, hopPassages)
	if err != nil {
		return nil, err
	}
	var longer []partial
	for i, p := range b.partial {
		for _, passage := range p.path.unseen(found[queries[i]]) {
			longer = append(longer, partial{p.path.with(queries[i], passage), p.names})
		}
	}
	slices.SortStableFunc(longer, func(a, b partial) int { return cmp.Compare(b.path.Score, a.path.Score) })
	return longer, nil
}

// kept returns the best paths that have reached the nth sub-question. If a
// later sub-question refers to the nth, kept returns each path several times:
// once for each name in its last passage. It leaves out a path if a better path
// has the same names.
func (b beam) kept(longer []partial, n int) []partial {
	if !b.plan.Needed(n) {
		return longer[:min(len(longer), beamWidth)]
	}
	var out []partial
	seen := map[string]bool{}
	for _, p := range longer {
		last := p.path.Passages[len(p.path.Passages)-1]
		for _, name := range namesOf(last, b.question, pathNames) {
			names := maps.Clone(p.names)
			names[n] = name
			if key := b.key(names); !seen[key] && len(out) < beamWidth {
				seen[key] = true
				out = append(out, partial{p.path, names})
			}
		}
	}
	return out
}

// key returns a string that identifies a set of names.
func (b beam) key(names map[int]string) string {
	parts := make([]string, len(b.plan))
	for n, name := range names {
		parts[n-1] = name
	}
	return strings.Join(parts, "\x00")
}

// best returns the best paths with passages, at most keptPaths.
func (b beam) best() []Path {
	var out []Path
	for _, p := range b.partial {
		if len(p.path.Passages) > 0 && len(out) < keptPaths {
			out = append(out, p.path)
		}
	}
	return out
}

// unseen returns the best passages that the path does not contain yet, up to
// pathPassages.
func (p Path) unseen(found []retrieval.Passage) []retrieval.Passage {
	var out []retrieval.Passage
	for _, f := range found {
		if len(out) == pathPassages {
			break
		}
		if !slices.ContainsFunc(p.Passages, func(q retrieval.Passage) bool { return q.ID == f.ID }) {
			out = append(out, f)
		}
	}
	return out
}

// with returns the path extended by one passage.
func (p Path) with(query string, found retrieval.Passage) Path {
	n := float64(len(p.Passages))
	return Path{
		Queries:  append(slices.Clone(p.Queries), query),
		Passages: append(slices.Clone(p.Passages), found),
		Score:    (p.Score*n + found.Score) / (n + 1),
	}
}

// scored returns the passages of the path, each with the score of the path.
func (p Path) scored() []retrieval.Passage {
	out := slices.Clone(p.Passages)
	for i := range out {
		out[i].Score = p.Score
	}
	return out
}
