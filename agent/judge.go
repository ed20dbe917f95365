package agent

import (
	"context"
	"encoding/json"
	"fmt"

	"selfrag/agent/claim"
)

// Sentence is a claim with the grade of its support.
type Sentence struct {
	claim.Sentence
	Support Grade
}

// claimsOf returns the sentences without their grades.
func claimsOf(sentences []Sentence) []claim.Sentence {
	out := make([]claim.Sentence, len(sentences))
	for i, s := range sentences {
		out[i] = s.Sentence
	}
	return out
}

// judged is a draft with the grades of its support and usefulness.
type judged struct {
	draft      Draft
	from       Reading
	sentences  []Sentence // the sentences of the draft
	supported  []Sentence
	support    Grade // the mean support of the sentences
	usefulness Grade
}

// useful reports whether every sentence is supported and the sentences together
// answer the question.
func (j judged) useful(cfg Config) bool {
	return len(j.supported) == len(j.sentences) && j.usefulness.Passes(cfg.Usefulness)
}

// score returns the score of the draft alone, without the relevance of its
// passages.
func (j judged) score(w Weights) float64 {
	return w.Support*j.support.Value + w.Usefulness*j.usefulness.Value
}

// reward returns the score of the draft, scaled to [0,1]. The score consists of
// support and usefulness, because a draft has no relevance grade. If the
// weights of both are 0, both count with weight 1.
func (j judged) reward(w Weights) float64 {
	if w.Support+w.Usefulness == 0 {
		w.Support, w.Usefulness = 1, 1
	}
	return j.score(w) / (w.Support + w.Usefulness)
}

// take records a judged draft in its round, and adds its supported sentences to
// the findings.
func (r *iteration) take(j judged) {
	r.record.Draft, r.record.Support, r.record.Usefulness = j.draft.Text, j.support, j.usefulness
	r.record.Claims = gradedClaims(j)
	r.didWithout(didNotFit(j.draft.Dropped))
	if len(j.supported) > 0 {
		r.add(j.supported, j.from.Passages)
		r.usefulness = j.usefulness
	} else {
		r.refuse(j)
	}
}

// sampling is the temperature of all drafts except the first, which is greedy.
// Not measured.
const sampling = 0.7

// bestDraft writes Config.Width drafts, judges each, and returns the one with
// the best score. If an error occurs, it returns the error and the best of the
// drafts that were judged before the error.
func (r *iteration) bestDraft(ctx context.Context, question string, in DraftInput) (judged, error) {
	var best judged
	in.Question = question
	for n := range r.Config.Width {
		if n == 0 {
			in.OnToken = r.pieces(func(s string) Event { return DraftDelta{Iteration: r.n, Text: s} })
		} else {
			in.OnToken, in.Temperature, in.Seed = nil, sampling, r.Config.Seed+n
		}
		draft, err := r.Steps.Draft(ctx, in)
		if err != nil {
			return best, err
		}
		j, err := r.judge(ctx, draft, in.Reading)
		if n == 0 || j.score(r.Config.Weights) > best.score(r.Config.Weights) {
			best = j
		}
		if err != nil {
			return best, err
		}
	}
	return best, nil
}

// tryDraft drafts an answer, judges it and records it in the round. It reports
// whether the answer holds, which means that it is supported and useful.
func (r *iteration) tryDraft(ctx context.Context, question string, in DraftInput) (holds bool, err error) {
	best, err := r.bestDraft(ctx, question, in)
	r.take(best)
	return r.record.Usefulness.Passes(r.Config.Usefulness), err
}

// judge grades the support of each sentence of a draft. It then grades whether
// the supported sentences answer the question.
func (r *iteration) judge(ctx context.Context, draft Draft, from Reading) (judged, error) {
	r.Emit(Drafted{Iteration: r.n, Draft: draft})
	j := judged{draft: draft, from: from}
	grades := make([]Grade, len(draft.Sentences))
	err := r.Steps.each(ctx, len(grades), func(ctx context.Context, n int) (err error) {
		if v := r.offTopic(draft.Sentences[n]); v.Refuted {
			grades[n] = RefutedBy(v)
			return nil
		}
		grades[n], err = r.Steps.GradeSupport(ctx, SupportInput{draft.Sentences[n], from, r.Question.Text})
		return err
	})
	sum, known := 0.0, 0
	for n, sentence := range draft.Sentences {
		s := Sentence{sentence, grades[n]}
		j.sentences = append(j.sentences, s)
		keep := s.Support.Passes(r.least(r.Config))
		if keep {
			j.supported = append(j.supported, s)
		}
		if s.Support.Known {
			sum += s.Support.Value
			known++
		}
		r.Emit(SupportGraded{Iteration: r.n, Sentence: s, Kept: keep})
	}
	if known > 0 {
		j.support = Known(sum / float64(known))
	}
	if err != nil || len(j.supported) == 0 {
		return j, err
	}
	if j.usefulness, err = r.useful(ctx, r.Turn, j.supported); err != nil {
		return j, err
	}
	r.Emit(UsefulnessGraded{Iteration: r.n, Grade: j.usefulness})
	return j, nil
}

// useful grades whether supported sentences answer the question.
func (f *findings) useful(ctx context.Context, t *Turn, sentences []Sentence) (Grade, error) {
	return t.Steps.Terminate(ctx, TerminateInput{
		Question: t.Question.Text, Sentences: sentences, Evidence: f.evidence, Several: f.plan != nil || f.unplanned, LookUp: f.plan.Asks(t.Language),
	})
}

// Grade is a probability in [0,1], or unknown. The zero value is an unknown
// grade, which passes no threshold. In JSON an unknown grade is null.
type Grade struct {
	Value float64
	Known bool
	// Verdict is the result of checking a claim in code. The grade of a claim
	// that code refutes passes no threshold. Its value is 0, and no model was
	// asked.
	Verdict claim.Verdict
}

// Known returns a known grade, limited to [0,1].
func Known(p float64) Grade { return Grade{Value: min(1, max(0, p)), Known: true} }

// RefutedBy returns the grade of a claim that code refutes.
func RefutedBy(v claim.Verdict) Grade { return Grade{Known: true, Verdict: v} }

// Refuted returns the verdict that refutes the claim, or nil if code does not
// refute the claim.
func (g Grade) Refuted() *claim.Verdict {
	if !g.Verdict.Refuted {
		return nil
	}
	return &g.Verdict
}

// Passes reports whether the grade is known, is at least the threshold, and
// does not belong to a refuted claim.
func (g Grade) Passes(threshold float64) bool {
	return g.Known && g.Value >= threshold && !g.Verdict.Refuted
}

// String returns the grade with two decimals, or "unknown".
func (g Grade) String() string {
	if !g.Known {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", g.Value)
}

// MarshalJSON writes a number, or null if the grade is unknown.
func (g Grade) MarshalJSON() ([]byte, error) {
	if !g.Known {
		return []byte("null"), nil
	}
	return json.Marshal(g.Value)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (g *Grade) UnmarshalJSON(b []byte) error {
	*g = Grade{}
	if string(b) == "null" {
		return nil
	}
	g.Known = true
	return json.Unmarshal(b, &g.Value)
}
