package multihop

import (
	"math"
	"slices"

	"selfrag/retrieval"
)

// Pool holds the passages that several searches found, each once, with its best
// score. Scores are in standard deviations above the average candidate for a
// query, so scores for different queries can be compared. A passage that stands
// out among the candidates for a sub-question counts as much as one that stands
// out for the question. The zero Pool is empty. It is not safe for concurrent
// use.
type Pool struct {
	index    map[string]int // by the passage's id
	passages []retrieval.Passage
}

// Add adds passages whose scores are comparable (Standardised). A passage keeps
// its best score and its first text.
func (p *Pool) Add(passages []retrieval.Passage) {
	if p.index == nil {
		p.index = map[string]int{}
	}
	for _, found := range passages {
		i, known := p.index[found.ID]
		if !known {
			p.index[found.ID] = len(p.passages)
			p.passages = append(p.passages, found)
			continue
		}
		p.passages[i].Score = math.Max(p.passages[i].Score, found.Score)
	}
}

// Merge adds the passages of another pool.
func (p *Pool) Merge(other *Pool) { p.Add(other.passages) }

// Ranking returns all passages, best first, with ties ordered by id.
func (p *Pool) Ranking() []retrieval.Passage {
	out := append([]retrieval.Passage{}, p.passages...)
	retrieval.SortByScore(out)
	return out
}

// contextPassages is the number of passages that an answer is written from by
// default. The second stage keeps as many. Not measured.
const contextPassages = 5

// Best returns the best passages, at most contextPassages.
func (p *Pool) Best() []retrieval.Passage {
	ranking := p.Ranking()
	return ranking[:min(len(ranking), contextPassages)]
}

// Standardised returns the passages of one query with their scores in standard
// deviations above the mean, as a Pool needs them.
func Standardised(passages []retrieval.Passage) []retrieval.Passage {
	scores := make([]float64, len(passages))
	for i, p := range passages {
		scores[i] = p.Score
	}
	out := slices.Clone(passages)
	for i, z := range retrieval.Standardise(scores) {
		out[i].Score = z
	}
	return out
}
