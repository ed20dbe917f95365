//go:build onnx && integration && figures

package llm_test

import (
	"context"
	"maps"
	"math"
	"slices"
	"testing"

	"selfrag/eval"
	"selfrag/rerank"
	"selfrag/retrieval"
)

// report prints the nDCG@10 of every kind of score, alone and joined with the
// scores of a search, and the effect of a fitted curve on P(Yes). Everything
// that is chosen or fitted uses all questions except the one it is judged on.
func report(t *testing.T, model string, questions []question, scores map[string]scored) {
	t.Helper()
	t.Logf("%s, %d questions; nDCG@10:", model, len(questions))
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		t.Logf("  %-10s %.3f", name, mean(ndcg(questions, scores[name])))
	}
	t.Logf("joined with a search, weight 0.5 | weight chosen on the other questions (those chosen):")
	for _, name := range slices.Sorted(maps.Keys(scores)) {
		if name == "BM25" || name == "MaxSim" {
			continue
		}
		for _, search := range []string{"BM25", "MaxSim"} {
			half := mean(ndcg(questions, joined(t, questions, scores[name], scores[search], 0.5)))
			chosen, weights := heldOut(t, questions, scores[name], scores[search])
			t.Logf("  %-10s with %-6s %.3f | %.3f (%.2f to %.2f)", name, search, half, chosen, slices.Min(weights), slices.Max(weights))
		}
	}
	for _, name := range []string{"plain", "few-shot"} {
		if scores[name] != nil {
			calibrate(t, name, questions, scores[name])
		}
	}
}

// ndcg returns the nDCG@10 of each question.
func ndcg(questions []question, scores scored) []float64 {
	out := make([]float64, len(questions))
	for i, q := range questions {
		var ids []string
		for _, p := range order(q, scores[i]) {
			ids = append(ids, p.ID)
		}
		out[i] = eval.NDCGAt(10, ids, q.judged)
	}
	return out
}

// joined returns the scores that rerank.WithPrior computes from a reranker's
// and a search's.
func joined(t *testing.T, questions []question, reranker, search scored, w float64) scored {
	t.Helper()
	out := make(scored, len(questions))
	for i, q := range questions {
		both, err := rerank.WithPrior(known(reranker[i]), w)
		if err != nil {
			t.Fatal(err)
		}
		found := slices.Clone(q.passages)
		for j := range found {
			found[j].Score = search[i][found[j].ID]
		}
		ranked, err := both.Rerank(t.Context(), q.text, found)
		if err != nil {
			t.Fatal(err)
		}
		out[i] = map[string]float64{}
		for _, p := range ranked {
			out[i][p.ID] = p.Score
		}
	}
	return out
}

// known is a reranker with a fixed score for each passage id.
type known map[string]float64

func (k known) Rerank(_ context.Context, _ string, passages []retrieval.Passage) ([]retrieval.Passage, error) {
	ranked := slices.Clone(passages)
	for i := range ranked {
		score := k[ranked[i].ID]
		ranked[i].Rerank = &score
	}
	return ranked, nil
}

// heldOut judges each question with the weight that is best on all others.
func heldOut(t *testing.T, questions []question, reranker, search scored) (float64, []float64) {
	t.Helper()
	const steps = 20
	var all [steps + 1][]float64 // by weight, by question
	for s := range all {
		all[s] = ndcg(questions, joined(t, questions, reranker, search, float64(s)/steps))
	}
	sum := 0.0
	weights := make([]float64, len(questions))
	for i := range questions {
		best, most := 0, math.Inf(-1)
		for s := range all {
			if others := mean(all[s])*float64(len(questions)) - all[s][i]; others > most+1e-12 {
				best, most = s, others
			}
		}
		sum += all[best][i]
		weights[i] = float64(best) / steps
	}
	return sum / float64(len(questions)), weights
}

// calibrate compares P(Yes), raw and through a curve fitted on the other
// questions, with the relevance of the passage (judged above 0).
func calibrate(t *testing.T, name string, questions []question, scores scored) {
	t.Helper()
	var raw, curved, base []float64 // squared errors
	var last rerank.Calibration
	for i := range questions {
		var fitOn []float64
		var relevant []bool
		positives := 0.0
		for j, q := range questions {
			if j == i {
				continue
			}
			for _, p := range q.passages {
				fitOn = append(fitOn, logOdds(scores[j][p.ID]))
				relevant = append(relevant, q.judged[p.ID] > 0)
				if q.judged[p.ID] > 0 {
					positives++
				}
			}
		}
		curve, err := rerank.FitCalibration(fitOn, relevant)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		last = curve
		for _, p := range questions[i].passages {
			is := 0.0
			if questions[i].judged[p.ID] > 0 {
				is = 1
			}
			s := scores[i][p.ID]
			raw = append(raw, (s-is)*(s-is))
			c := curve.Probability(logOdds(s)) - is
			curved = append(curved, c*c)
			b := positives/float64(len(fitOn)) - is
			base = append(base, b*b)
		}
	}
	t.Logf("%s: Brier score of P(Yes) %.3f, of the curve over its log-odds fitted on the other questions %.3f, of the share of relevant passages alone %.3f; one of the curves: slope %.2f, intercept %.2f",
		name, mean(raw), mean(curved), mean(base), last.Slope, last.Intercept)
}

func logOdds(p float64) float64 {
	const least = 1e-6
	p = min(max(p, least), 1-least)
	return math.Log(p / (1 - p))
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v / float64(len(values))
	}
	return sum
}
