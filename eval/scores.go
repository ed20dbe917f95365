package eval

// Metric computes a number for one outcome. Reports show the mean of this
// number over the questions.
type Metric struct {
	Name  string // name in JSON and tables
	About string // description in a few words
	// Lower says that a lower value is better, as for a cost.
	Lower bool
	// Of returns the value for one outcome. ok is false if the metric does not
	// apply, such as recall for a query without judgements.
	Of func(q Query, judged map[string]int, o Outcome) (value float64, ok bool)
}

// The names of metrics that are looked up by name.
const (
	MetricF1       = "f1"
	MetricAccuracy = "accuracy"
	MetricMust     = "must"
	MetricSeconds  = "seconds"
	MetricCalls    = "llm_calls"
	MetricTokens   = "tokens"

	// The following metrics need a judge.
	MetricCitationRecall    = "citation_recall"
	MetricCitationPrecision = "citation_precision"
	MetricFaithfulness      = "faithfulness"
	MetricRelevancy         = "answer_relevancy"

	MetricAbstained = "abstained"
	MetricUnsure    = "unsure"
)

// Metrics returns the metrics of a run. An abstention scores as an empty
// answer: 0 if the question has an answer, and 1 if it has none.
func Metrics() []Metric {
	return []Metric{
		answerMetric(MetricF1, "F1 of the short answer", func(lang string, o Outcome, answers []string) float64 { return F1(lang, o.Short, answers) }),
		answerMetric("em", "the short answer is exactly right", func(lang string, o Outcome, answers []string) float64 { return ExactMatch(lang, o.Short, answers) }),
		answerMetric(MetricAccuracy, "the full answer holds a right one", func(lang string, o Outcome, answers []string) float64 {
			return Contains(lang, o.said(), answers)
		}),
		{Name: MetricMust, About: "share of the required facts that the answer holds", Of: func(q Query, _ map[string]int, o Outcome) (float64, bool) {
			return heldFacts(q, o)
		}},
		rankingMetric("recall@5", "supporting documents among the first 5", func(r []string, j map[string]int) float64 { return RecallAt(5, r, j) }),
		rankingMetric("recall@10", "supporting documents among the first 10", func(r []string, j map[string]int) float64 { return RecallAt(10, r, j) }),
		rankingMetric("precision@5", "share of supporting documents among the first 5", func(r []string, j map[string]int) float64 { return PrecisionAt(5, r, j) }),
		rankingMetric("hit@5", "any supporting document among the first 5", func(r []string, j map[string]int) float64 { return HitAt(5, r, j) }),
		rankingMetric("mrr", "1 / rank of the first supporting document", ReciprocalRank),
		rankingMetric("map", "average precision of the ranking", AveragePrecision),
		rankingMetric("ndcg@10", "nDCG of the first 10", func(r []string, j map[string]int) float64 { return NDCGAt(10, r, j) }),
		{Name: MetricAbstained, About: "abstained although there is an answer", Lower: true, Of: func(q Query, _ map[string]int, o Outcome) (float64, bool) {
			if o.Abstained {
				return 1, !q.Unanswerable
			}
			return 0, !q.Unanswerable
		}},
		{Name: MetricUnsure, About: "answered as not certain", Lower: true, Of: func(_ Query, _ map[string]int, o Outcome) (float64, bool) {
			if o.Unsure {
				return 1, !o.Abstained
			}
			return 0, !o.Abstained
		}},
		judgedMetric(MetricCitationRecall, "sentences that their citations support (ALCE)", func(j Judgement) *float64 { return j.Citations.recall() }),
		judgedMetric(MetricCitationPrecision, "citations that support their sentence (ALCE)", func(j Judgement) *float64 { return j.Citations.precision() }),
		judgedMetric(MetricFaithfulness, "statements that follow from what was read (RAGAS)", func(j Judgement) *float64 { return j.Faithfulness }),
		judgedMetric(MetricRelevancy, "similarity of the question to questions made from the answer (RAGAS)", func(j Judgement) *float64 { return j.Relevancy }),
		costMetric(MetricSeconds, "wall clock of a question", func(o Outcome) float64 { return o.Timings.Total / 1000 }),
		costMetric(MetricCalls, "LLM calls of a question", func(o Outcome) float64 { return float64(o.Usage.Calls) }),
		costMetric(MetricTokens, "prompt and completion tokens of a question", func(o Outcome) float64 {
			return float64(o.Usage.PromptTokens + o.Usage.CompletionTokens)
		}),
	}
}

// Value returns the value of a metric for one outcome. ok is false if there is
// no such metric, or if the metric does not apply to the query.
func Value(metric string, q Query, judged map[string]int, o Outcome) (value float64, ok bool) {
	for _, m := range Metrics() {
		if m.Name == metric {
			return m.Of(q, judged, o)
		}
	}
	return 0, false
}

// said returns the text of an answer without citation numbers. It is empty for
// an abstention.
func (o Outcome) said() string {
	if o.Abstained {
		return ""
	}
	return plain(o.Answer)
}

func answerMetric(name, about string, of func(lang string, o Outcome, answers []string) float64) Metric {
	return Metric{Name: name, About: about, Of: func(q Query, _ map[string]int, o Outcome) (float64, bool) {
		if q.Unanswerable {
			return of(q.Language(), o, nil), true
		}
		return of(q.Language(), o, q.Answers), len(q.Answers) > 0
	}}
}

func rankingMetric(name, about string, of func(ranking []string, judged map[string]int) float64) Metric {
	return Metric{Name: name, About: about, Of: func(_ Query, judged map[string]int, o Outcome) (float64, bool) {
		if relevantOf(judged) == 0 {
			return 0, false
		}
		return of(o.Ranking, judged), true
	}}
}

func costMetric(name, about string, of func(Outcome) float64) Metric {
	return Metric{Name: name, About: about, Lower: true, Of: func(_ Query, _ map[string]int, o Outcome) (float64, bool) {
		return of(o), true
	}}
}

// judgedMetric returns a metric that applies to answers that a judge has
// scored.
func judgedMetric(name, about string, of func(Judgement) *float64) Metric {
	return Metric{Name: name, About: about, Of: func(_ Query, _ map[string]int, o Outcome) (float64, bool) {
		if o.Judgement == nil {
			return 0, false
		}
		v := of(*o.Judgement)
		if v == nil {
			return 0, false
		}
		return *v, true
	}}
}
