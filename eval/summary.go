package eval

import (
	"slices"

	"selfrag/agent"
)

// Summary holds statistics of the outcomes of one arm.
type Summary struct {
	Questions int `json:"questions"`
	// Means holds the mean of each metric in Metrics, by name. Metrics that
	// apply to no question are left out.
	Means map[string]float64 `json:"means"`
	// Must is the mean of MetricMust by kind of question; nil if no question
	// has a kind.
	Must map[string]float64 `json:"must_by_kind,omitempty"`

	Abstention Abstention     `json:"abstention"`
	StoppedBy  map[string]int `json:"stopped_by"`
	Degraded   int            `json:"degraded"` // number of answers for which a part, such as the reranker, failed (agent.Answer.Degraded)
	// Claims is zero if no draft was graded, and for files of earlier versions
	// of the program.
	Claims  Claims      `json:"claims,omitzero"`
	Seconds Percentiles `json:"seconds"`
	Correct PerCorrect  `json:"per_correct"`
	// ShortCalls and ShortTokens are the mean cost of asking for the short
	// answer. This cost is not part of the cost of answering.
	ShortCalls  float64 `json:"short_llm_calls"`
	ShortTokens float64 `json:"short_tokens"`
	// Judged is the number of answers that a judge scored. JudgeCalls and
	// JudgeTokens are the mean cost of scoring one answer. This cost is not
	// part of the cost of answering.
	Judged      int     `json:"judged,omitempty"`
	JudgeCalls  float64 `json:"judge_llm_calls,omitempty"`
	JudgeTokens float64 `json:"judge_tokens,omitempty"`
}

// Abstention measures how well an arm recognises questions that the documents
// do not answer.
type Abstention struct {
	Abstained    int `json:"abstained"`
	Unanswerable int `json:"unanswerable"`
	Right        int `json:"right"` // abstained on an unanswerable question
	// Precision is Right / Abstained, and is nil if Abstained is 0. Recall is
	// Right / Unanswerable, and is nil if Unanswerable is 0.
	Precision *float64 `json:"precision,omitempty"`
	Recall    *float64 `json:"recall,omitempty"`
}

// PerCorrect holds the cost of all questions divided by the number of correct
// answers. An answer is correct if it contains an answer of the data set. An
// abstention is correct if the question has no answer. The costs are 0 if no
// answer is correct.
type PerCorrect struct {
	Answers int     `json:"answers"`
	Seconds float64 `json:"seconds"`
	Calls   float64 `json:"llm_calls"`
	Tokens  float64 `json:"tokens"`
}

// Percentiles holds percentiles of the latency in seconds, by nearest rank.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P95 float64 `json:"p95"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Percentile returns the p-th percentile of sorted values by nearest rank, or 0
// if there are no values.
func Percentile(sorted []float64, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	return sorted[max(1, (len(sorted)*p+99)/100)-1]
}

func percentilesOf(seconds []float64) Percentiles {
	s := slices.Sorted(slices.Values(seconds))
	return Percentiles{Percentile(s, 50), Percentile(s, 90), Percentile(s, 95), Percentile(s, 99), Percentile(s, 100)}
}

// Summarise returns the statistics of the outcomes of one arm. outcomes[i] is
// the outcome for queries[i].
func Summarise(d Dataset, queries []Query, outcomes []Outcome) Summary {
	s := Summary{Questions: len(queries), Means: map[string]float64{}, StoppedBy: map[string]int{}}
	values := map[string][]float64{}
	for _, m := range Metrics() {
		for i, q := range queries {
			if v, ok := m.Of(q, d.Judgements[q.ID], outcomes[i]); ok {
				values[m.Name] = append(values[m.Name], v)
			}
		}
		if len(values[m.Name]) > 0 {
			s.Means[m.Name] = mean(values[m.Name])
		}
	}
	s.Must = mustByKind(queries, outcomes)
	var short, judge agent.Usage
	for i, o := range outcomes {
		s.StoppedBy[o.StoppedBy]++
		s.Abstention.add(queries[i], o)
		s.Claims.add(o)
		if o.Degraded != "" {
			s.Degraded++
		}
		add(&short, o.ShortUsage)
		if o.Judgement != nil {
			s.Judged++
			add(&judge, o.Judgement.Usage)
		}
	}
	if n := float64(s.Judged); n > 0 {
		s.JudgeCalls, s.JudgeTokens = float64(judge.Calls)/n, float64(judge.PromptTokens+judge.CompletionTokens)/n
	}
	s.Abstention.Precision = ratio(s.Abstention.Right, s.Abstention.Abstained)
	s.Abstention.Recall = ratio(s.Abstention.Right, s.Abstention.Unanswerable)
	if n := float64(len(outcomes)); n > 0 {
		s.ShortCalls, s.ShortTokens = float64(short.Calls)/n, float64(short.PromptTokens+short.CompletionTokens)/n
	}
	s.Correct = perCorrect(values)
	s.Seconds = percentilesOf(values[MetricSeconds])
	return s
}

func mustByKind(queries []Query, outcomes []Outcome) map[string]float64 {
	values := map[string][]float64{}
	for i, q := range queries {
		if v, ok := heldFacts(q, outcomes[i]); ok && q.Kind != "" {
			values[q.Kind] = append(values[q.Kind], v)
		}
	}
	if len(values) == 0 {
		return nil
	}
	out := make(map[string]float64, len(values))
	for kind, v := range values {
		out[kind] = mean(v)
	}
	return out
}

func add(sum *agent.Usage, u agent.Usage) {
	sum.Calls += u.Calls
	sum.PromptTokens += u.PromptTokens
	sum.CompletionTokens += u.CompletionTokens
}

func (a *Abstention) add(q Query, o Outcome) {
	if o.Abstained {
		a.Abstained++
	}
	if q.Unanswerable {
		a.Unanswerable++
	}
	if o.Abstained && q.Unanswerable {
		a.Right++
	}
}

func perCorrect(values map[string][]float64) PerCorrect {
	c := PerCorrect{}
	for _, v := range values[MetricAccuracy] {
		c.Answers += int(v)
	}
	if c.Answers > 0 {
		n := float64(c.Answers)
		c.Seconds, c.Calls, c.Tokens = sum(values[MetricSeconds])/n, sum(values[MetricCalls])/n, sum(values[MetricTokens])/n
	}
	return c
}

func ratio(of, all int) *float64 {
	if all == 0 {
		return nil
	}
	r := float64(of) / float64(all)
	return &r
}

func sum(values []float64) float64 {
	total := 0.0
	for _, v := range values {
		total += v
	}
	return total
}

func mean(values []float64) float64 { return sum(values) / float64(len(values)) }
