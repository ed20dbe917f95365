package report

import (
	"fmt"
	"strings"

	"selfrag/eval"
)

// Verdict returns a few sentences that say which arm answers better, by how
// much, how sure that is, and what each arm costs.
func (r Report) Verdict() string {
	f1, ok := r.Comparison.Find(eval.MetricF1)
	if !ok {
		return r.say("There is nothing to compare.")
	}
	return strings.Join(append([]string{r.winner(f1), r.right(), r.sure(f1)}, r.price(f1)...), " ")
}

func (r Report) winner(f1 eval.Difference) string {
	switch f1.Better() {
	case "b":
		return r.say("B (%s) answers better than A (%s).", r.B, r.A)
	case "a":
		return r.say("A (%s) answers better than B (%s).", r.A, r.B)
	}
	return r.say("No clear winner between A (%s) and B (%s).", r.A, r.B)
}

// right returns a sentence with the numbers of correct answers.
func (r Report) right() string {
	a, b := r.Comparison.A.Correct.Answers, r.Comparison.B.Correct.Answers
	return r.say("Of %d questions A answered %d correctly and B %d.", r.Comparison.Questions, a, b)
}

// sure returns a sentence that says how often chance alone would cause the
// difference.
func (r Report) sure(f1 eval.Difference) string {
	text := r.say("The quality of the answers (F1) is %.3f and %.3f;", f1.A, f1.B) + " "
	if f1.Better() != "" {
		return text + r.say("chance alone would make such a difference in %s of 100 comparisons.", oddsOf(f1.P))
	}
	if f1.Mean == 0 {
		return text + r.say("there is no difference.")
	}
	text += r.say("chance alone would make such a difference in %s of 100 comparisons, which is too many to be sure.", oddsOf(f1.P))
	if needed := eval.QuestionsNeeded(f1.Deviation, f1.Mean); needed > f1.Questions {
		text += " " + r.say("If the difference is real, about %d questions would show it.", needed)
	}
	return text
}

// oddsOf returns p in per cent, as a text such as "3" or "<1".
func oddsOf(p float64) string {
	if p < 0.01 {
		return "<1"
	}
	return fmt.Sprintf("%.0f", 100*p)
}

// price returns sentences about the cost of the arms.
func (r Report) price(f1 eval.Difference) []string {
	seconds, _ := r.Comparison.Find(eval.MetricSeconds)
	calls, _ := r.Comparison.Find(eval.MetricCalls)
	if seconds.A <= 0 {
		return nil
	}
	out := []string{r.say("A takes %s seconds and %s model calls a question, B %s and %s: %s times as long.",
		short(seconds.A), short(calls.A), short(seconds.B), short(calls.B), short(seconds.B/seconds.A))}
	more := r.Comparison.B.Correct.Answers - r.Comparison.A.Correct.Answers
	slower := seconds.Mean * float64(r.Comparison.Questions)
	switch {
	case f1.Better() == "b" && more > 0 && slower > 0:
		out = append(out, r.say("Each further correct answer costs %s seconds.", short(slower/float64(more))))
	case f1.Better() == "b" && slower <= 0, f1.Better() == "a" && slower >= 0:
		out = append(out, r.say("The better one is not slower: use it."))
	}
	return out
}
