package eval

import (
	"slices"

	"selfrag/agent"
)

// Performance holds statistics of the times of searches or of questions, in
// milliseconds: averages and the 50th and 95th percentiles. The time of a
// search includes embedding the query.
type Performance struct {
	Queries     int     `json:"queries"`
	Search      float64 `json:"search_ms"`
	Rerank      float64 `json:"rerank_ms"`
	LLM         float64 `json:"llm_ms,omitempty"` // time of model calls; 0 if only searches are measured
	Total       float64 `json:"total_ms"`
	SearchShare float64 `json:"search_share"` // Search divided by Total

	P50 StageTimes `json:"p50_ms"`
	P95 StageTimes `json:"p95_ms"`
}

// StageTimes is a percentile of the time of each stage, in milliseconds. The
// percentiles of different stages do not add up to the percentile of the total,
// because they come from different queries.
type StageTimes struct {
	Search float64 `json:"search"`
	Rerank float64 `json:"rerank"`
	LLM    float64 `json:"llm,omitempty"`
	Total  float64 `json:"total"`
}

// Perform returns the statistics of the times of searches or questions.
func Perform(timings []agent.Timings) Performance {
	p := Performance{Queries: len(timings)}
	if len(timings) == 0 {
		return p
	}
	stages := []struct {
		of       func(agent.Timings) float64
		mean     *float64
		p50, p95 *float64
	}{
		{func(t agent.Timings) float64 { return t.Embed + t.Search }, &p.Search, &p.P50.Search, &p.P95.Search},
		{func(t agent.Timings) float64 { return t.Rerank }, &p.Rerank, &p.P50.Rerank, &p.P95.Rerank},
		{func(t agent.Timings) float64 { return t.LLM }, &p.LLM, &p.P50.LLM, &p.P95.LLM},
		{func(t agent.Timings) float64 { return t.Total }, &p.Total, &p.P50.Total, &p.P95.Total},
	}
	for _, stage := range stages {
		times := make([]float64, len(timings))
		for i, t := range timings {
			times[i] = stage.of(t)
		}
		*stage.mean = mean(times)
		slices.Sort(times)
		*stage.p50, *stage.p95 = Percentile(times, 50), Percentile(times, 95)
	}
	if p.Total > 0 {
		p.SearchShare = p.Search / p.Total
	}
	return p
}
