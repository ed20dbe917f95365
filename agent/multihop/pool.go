package multihop

import (
	"math"
	"slices"

	"selfrag/retrieval"
)

// Pool holds every passage that several searches found, each once, with its best
// score. Scores are in standard deviations above the average candidate of their
// query, so that those of different queries can be compared: a passage that
// stands out for the sub-question of a second hop counts as much as one that
// stands out for the question. The zero Pool is empty. It is for one goroutine.
type Pool struct {
	index    map[string]int // by the passage's id
	passages []retrieval.Passage
}

// Add takes over passages whose scores are comparable (Standardised). A passage
// keeps its best score and the text that it came with first.
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

// Merge adds what another pool holds.
func (p *Pool) Merge(other *Pool) { p.Add(other.passages) }

// Ranking is all passages, best first, ties by id.
func (p *Pool) Ranking() []retrieval.Passage {
	out := append([]retrieval.Passage{}, p.passages...)
	retrieval.SortByScore(out)
	return out
}

// contextPassages is how many passages an answer is written from when nothing
// says which; as many as the second stage keeps. Not measured.
const contextPassages = 5

// Best are the best passages, as many as an answer is written from.
func (p *Pool) Best() []retrieval.Passage {
	ranking := p.Ranking()
	return ranking[:min(len(ranking), contextPassages)]
}

// Standardised are the passages of one query with scores that a Pool can
// compare: in standard deviations above their mean.
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
