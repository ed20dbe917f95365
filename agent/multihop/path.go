package multihop

import (
	"cmp"
	"context"
	"maps"
	"slices"
	"strings"

	"selfrag/retrieval"
)

// Path is a way along a plan: a passage for each sub-question, each found by a
// name in the passage before it. Sub-questions that Plan.Given answers have
// none.
type Path struct {
	Queries  []string // as they were searched, one for each of Passages
	Passages []retrieval.Passage
	Score    float64 // the mean of the passages' scores, in standard deviations
}

// The size of the beam search. Not measured one by one.
const (
	beamWidth    = 24 // paths that go on after each hop
	pathNames    = 10 // names tried of each passage
	pathPassages = 3  // passages tried of each search
	hopPassages  = 20 // candidates of each search
)

// keptPaths is how many paths are returned: a second one would take the places of
// the question's own passages. Not measured.
const keptPaths = 1

// paths searches along a plan: each name in the best passages of a sub-question
// is tried in the next one, and the paths whose passages fit their queries best
// are returned, best first. A wrong name finds passages that fit badly, so the
// search itself shows which name was meant, where a small model that reads the
// passages often errs.
//
// This is a beam search over paths of passages as in multi-hop dense retrieval
// (Xiong et al., arXiv 2009.12756), with a plan's queries in place of a trained
// query encoder.
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
	given    map[int]string // the names that the question gives (Plan.Given)
	partial  []partial      // the paths that go on, best first
}

// partial is a path as far as it goes, with the names that fill the references
// of later sub-questions, by the numbers of those that found them.
type partial struct {
	path  Path
	names map[int]string
}

// newBeam begins with one path, which has no passage yet.
func newBeam(question string, plan Plan) beam {
	given := map[int]string{}
	for n := 1; n <= len(plan); n++ {
		if name, ok := plan.Given(question, n); ok {
			given[n] = name
		}
	}
	return beam{question, plan, given, []partial{{names: given}}}
}

// extend searches for the nth sub-question from each path, and returns the paths
// that are one passage longer, best first.
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

// kept are the best of the paths that have reached the nth sub-question. Where a
// later one asks about its answer, a path goes on once for each name in its last
// passage, unless a better path goes on with the same names.
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

// key is the same for the same names.
func (b beam) key(names map[int]string) string {
	parts := make([]string, len(b.plan))
	for n, name := range names {
		parts[n-1] = name
	}
	return strings.Join(parts, "\x00")
}

// best are the paths that are returned.
func (b beam) best() []Path {
	var out []Path
	for _, p := range b.partial {
		if len(p.path.Passages) > 0 && len(out) < keptPaths {
			out = append(out, p.path)
		}
	}
	return out
}

// unseen are the best of the passages that the path does not hold already, as
// many as are tried.
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

// with is the path one passage longer.
func (p Path) with(query string, found retrieval.Passage) Path {
	n := float64(len(p.Passages))
	return Path{
		Queries:  append(slices.Clone(p.Queries), query),
		Passages: append(slices.Clone(p.Passages), found),
		Score:    (p.Score*n + found.Score) / (n + 1),
	}
}

// scored is the path's passages, each with the score of the path.
func (p Path) scored() []retrieval.Passage {
	out := slices.Clone(p.Passages)
	for i := range out {
		out[i].Score = p.Score
	}
	return out
}
