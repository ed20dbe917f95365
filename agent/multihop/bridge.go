package multihop

import (
	"context"

	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// The limits of the search for bridges, and the weights of scores. Scores and
// the bonus are in standard deviations above the average candidate for a query.
// The effect of each single constant was not measured.
const (
	bridgePassages = 3   // number of best passages from which bridges start
	bridgeNames    = 12  // names tried per passage
	namedPassages  = 3   // passages found by a search for a name; only a passage with that name as its title is used
	weightFrom     = 0.3 // weight of the score of the starting passage
	weightTo       = 0.5 // weight of the score of the passage that the bridge leads to
	linkBonus      = 1.5 // added to the score of a passage whose title is a name in one of the best passages
)

// bridges finds passages that are related to the best passages for a question,
// in two ways.
//
// First, for each of the best passages it makes a query from the question, the
// title of the passage, and the sentence of the passage that is nearest to the
// question. A passage found by that query fits both the question and the best
// passage (multi-hop dense retrieval, Xiong et al., arXiv 2009.12756, without
// training).
//
// Second, it searches for the names in the best passages. A passage whose title
// is one of these names gets a higher score than its similarity to the question
// alone would give.
//
// direct holds the passages that a search for the question itself found. A
// passage whose title is a name gets its score in direct plus linkBonus.
// ranking holds all passages found so far. Both lists are sorted, best first.
func (f Finder) bridges(ctx context.Context, question string, direct, ranking []retrieval.Passage) ([]retrieval.Passage, error) {
	from := direct[:min(len(direct), bridgePassages)]
	queries := make([]string, len(from))
	for i, p := range from {
		queries[i] = question + " " + p.Title + ": " + claim.Cite(question, p).Quote
	}
	found, err := f.searchAll(ctx, queries, maxCandidates)
	if err != nil {
		return nil, err
	}
	var out Pool
	for i, p := range from {
		for _, to := range found[queries[i]] {
			if to.ID != p.ID {
				to.Score = weightFrom*p.Score + weightTo*to.Score
				out.Add([]retrieval.Passage{to})
			}
		}
	}
	linked, err := f.links(ctx, question, direct, ranking[:min(len(ranking), bridgePassages)])
	if err != nil {
		return nil, err
	}
	out.Add(linked)
	return out.passages, nil
}

// links finds the passages whose titles are names in the given passages.
func (f Finder) links(ctx context.Context, question string, direct, from []retrieval.Passage) ([]retrieval.Passage, error) {
	score := map[string]float64{}
	lowest := 0.0
	for _, p := range direct {
		score[p.ID] = p.Score
		lowest = min(lowest, p.Score)
	}
	var names []string
	for _, p := range from {
		for _, name := range namesOf(p, question, bridgeNames) {
			if !sameName(name, p.Title) {
				names = append(names, name)
			}
		}
	}
	found, err := f.searchAll(ctx, names, namedPassages)
	if err != nil {
		return nil, err
	}
	var out []retrieval.Passage
	for _, name := range names {
		for _, p := range found[name] {
			if !sameName(name, p.Title) {
				continue
			}
			base, known := score[p.ID]
			if !known {
				base = lowest
			}
			p.Score = base + linkBonus
			out = append(out, p)
		}
	}
	return out, nil
}
