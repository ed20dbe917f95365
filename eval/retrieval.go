package eval

import (
	"context"
	"fmt"
)

// RetrievalScores are means over the judged queries.
type RetrievalScores struct {
	Queries  int     `json:"queries"`
	NDCG10   float64 `json:"ndcg@10"`
	Recall5  float64 `json:"recall@5"`
	Recall10 float64 `json:"recall@10"`
}

// Search returns document ids for a query, best first, each once.
type Search func(ctx context.Context, query string) ([]string, error)

// Retrieval measures a search on every judged query of the data set. done,
// which may be nil, is told how many queries are done.
func Retrieval(ctx context.Context, d Dataset, search Search, done func(n int)) (RetrievalScores, error) {
	var s RetrievalScores
	for _, q := range d.Queries {
		judged, ok := d.Judgements[q.ID]
		if !ok {
			continue
		}
		ranking, err := search(ctx, q.Text)
		if err != nil {
			return s, fmt.Errorf("query %s: %w", q.ID, err)
		}
		s.Queries++
		s.NDCG10 += NDCGAt(10, ranking, judged)
		s.Recall5 += RecallAt(5, ranking, judged)
		s.Recall10 += RecallAt(10, ranking, judged)
		if done != nil {
			done(s.Queries)
		}
	}
	if s.Queries == 0 {
		return s, fmt.Errorf("no query of the data set has judgements")
	}
	n := float64(s.Queries)
	s.NDCG10 /= n
	s.Recall5 /= n
	s.Recall10 /= n
	return s, nil
}
