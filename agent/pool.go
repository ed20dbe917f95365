package agent

import (
	"math"

	"selfrag/retrieval"
)

// pool holds every passage that the searches of a turn found, each once, with
// its best score. Scores are in standard deviations above the average
// candidate of their query, so that those of different queries can be
// compared: a passage that stands out for a look-up of the second hop counts
// as much as one that stands out for the question.
type pool struct {
	index    map[string]int
	passages []retrieval.Passage
}

// add takes passages over, whose scores are comparable. A passage keeps its
// best score and the text it came with first.
func (p *pool) add(passages []retrieval.Passage) {
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

// ranking is the pool, best first.
func (p *pool) ranking() []retrieval.Passage {
	out := append([]retrieval.Passage{}, p.passages...)
	retrieval.SortByScore(out)
	return out
}

// contextPassages is how many passages an answer is written from when nothing
// says which; as many as the second stage keeps. Not measured.
const contextPassages = 5

// best are the best passages of the pool, as many as an answer is written from.
func (p *pool) best() []retrieval.Passage {
	ranking := p.ranking()
	return ranking[:min(len(ranking), contextPassages)]
}

// standardised returns the passages with scores in standard deviations above
// their mean.
func standardised(passages []retrieval.Passage) []retrieval.Passage {
	scores := make([]float64, len(passages))
	for i, p := range passages {
		scores[i] = p.Score
	}
	out := append([]retrieval.Passage{}, passages...)
	for i, z := range retrieval.Standardise(scores) {
		out[i].Score = z
	}
	return out
}
