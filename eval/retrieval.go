package eval

import (
	"context"
	"fmt"
	"slices"

	"selfrag/agent"
)

// RetrievalScores holds the means of the retrieval metrics over the judged
// queries.
type RetrievalScores struct {
	Queries    int     `json:"queries"`
	NDCG10     float64 `json:"ndcg@10"`
	Recall5    float64 `json:"recall@5"`
	Recall10   float64 `json:"recall@10"`
	Precision5 float64 `json:"precision@5"`
	Hit5       float64 `json:"hit@5"`
	MRR        float64 `json:"mrr"`
	MAP        float64 `json:"map"`

	Performance Performance `json:"performance"`
}

// Search is a search to measure. It returns document ids for a query, best
// first and each id once.
type Search func(ctx context.Context, query string) ([]string, error)

// SearchArm returns an arm that only searches. The outcomes of the arm have a
// ranking and times, but no answer.
func SearchArm(name string, search func(ctx context.Context, query string) ([]string, agent.Timings, error)) Arm {
	return Arm{Name: name, Ask: func(ctx context.Context, query string) (Turn, error) {
		ranking, took, err := search(ctx, query)
		return Turn{Answer: agent.Answer{Timings: took}, Ranking: ranking}, err
	}}
}

// Judged returns the queries of the data set that have judgements.
func (d Dataset) Judged() []Query {
	return slices.DeleteFunc(slices.Clone(d.Queries), func(q Query) bool { return d.Judgements[q.ID] == nil })
}

// Retrieval measures a search on every judged query of the data set. done, if
// not nil, is called after each query with the number of finished queries.
func Retrieval(ctx context.Context, d Dataset, search Search, done func(n int)) (RetrievalScores, error) {
	queries := d.Judged()
	outcomes := make([]Outcome, len(queries))
	for i, q := range queries {
		ranking, err := search(ctx, q.Text)
		if err != nil {
			return RetrievalScores{}, fmt.Errorf("query %s: %w", q.ID, err)
		}
		outcomes[i].Ranking = ranking
		if done != nil {
			done(i + 1)
		}
	}
	return ScoreRetrieval(d, queries, outcomes)
}

// ScoreRetrieval returns the mean scores of a search. outcomes[i] is the
// outcome for queries[i]. Queries without judgements do not count. If no query
// has judgements, ScoreRetrieval returns an error.
func ScoreRetrieval(d Dataset, queries []Query, outcomes []Outcome) (RetrievalScores, error) {
	var s RetrievalScores
	var timings []agent.Timings
	for i, q := range queries {
		judged, ok := d.Judgements[q.ID]
		if !ok {
			continue
		}
		ranking, took := outcomes[i].Ranking, outcomes[i].Timings
		s.Queries++
		s.NDCG10 += NDCGAt(10, ranking, judged)
		s.Recall5 += RecallAt(5, ranking, judged)
		s.Recall10 += RecallAt(10, ranking, judged)
		s.Precision5 += PrecisionAt(5, ranking, judged)
		s.Hit5 += HitAt(5, ranking, judged)
		s.MRR += ReciprocalRank(ranking, judged)
		s.MAP += AveragePrecision(ranking, judged)
		timings = append(timings, took)
	}
	if s.Queries == 0 {
		return s, fmt.Errorf("no query of the data set has judgements")
	}
	n := float64(s.Queries)
	for _, v := range []*float64{&s.NDCG10, &s.Recall5, &s.Recall10, &s.Precision5, &s.Hit5, &s.MRR, &s.MAP} {
		*v /= n
	}
	s.Performance = Perform(timings)
	return s, nil
}
