package agent

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"

	"golang.org/x/sync/errgroup"

	"selfrag/agent/call"
	"selfrag/agent/internal/stop"
	"selfrag/prompts"
	"selfrag/rerank"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// Grading is the source of relevance grades.
type Grading string

// The ways to grade relevance.
const (
	// GradeEvidence grades a passage with the P(answers) of its likeliest
	// sentence. It needs no model call. If there is no evidence, GradeTogether
	// is used instead.
	GradeEvidence Grading = "evidence"
	// GradeTogether shows the model all passages in one call. The grade of a
	// passage compares two probabilities: that the model names this passage as
	// the one that contains the answer, and that it names no passage. One call
	// grades up to 9 passages. The prompt of the draft begins with the same
	// passages, so a server can cache them.
	GradeTogether Grading = "together"
	// GradeEach asks the model yes or no about each passage alone.
	GradeEach Grading = "each"
	// GradeReranker turns the reranker's score into a probability by
	// Config.Calibration. It needs no model call. For passages without a score,
	// GradeTogether is used instead.
	GradeReranker Grading = "reranker"
	// GradeBoth uses the mean of GradeTogether and GradeReranker in log odds.
	GradeBoth Grading = "both"
)

// RelevanceInput holds passages to grade for a question, and the evidence in
// them, which may be empty.
type RelevanceInput struct {
	Question string
	Passages []retrieval.Passage
	Evidence evidence.Found
}

// Relevance holds the grades of passages, and a reading of the passages whose
// grade is at least Least.
type Relevance struct {
	Grades  []Grade // one for each passage
	Least   float64 // the minimum grade of a passage in Reading
	Reading Reading
}

// Passes reports whether the grade of passage i is known and at least Least.
func (r Relevance) Passes(i int) bool { return r.Grades[i].Passes(r.Least) }

// GradeRelevance grades for each passage whether it helps to answer the
// question, and returns a reading of the passages whose grade is high enough.
// If the evidence answers the question with a probability of at least
// Config.Quotable, GradeRelevance uses GradeEvidence whatever Config.Grading
// says.
func (s *Steps) GradeRelevance(ctx context.Context, in RelevanceInput) (Relevance, error) {
	return s.relevanceSpan(ctx, in, func(ctx context.Context) (Relevance, error) {
		out := Relevance{Least: s.cfg.Relevance}
		var err error
		if s.gradesByEvidence(in.Evidence) {
			out.Grades, out.Least = evidenceGrades(in.Passages, in.Evidence), leastRead*in.Evidence.Sentences[0].Answers
		} else if out.Grades, err = s.gradeRelevance(ctx, in); err != nil {
			return out, err
		}
		var kept []retrieval.Passage
		for i, p := range in.Passages {
			if out.Passes(i) {
				kept = append(kept, p)
			}
		}
		out.Reading = s.readingOf(ctx, kept, in.Evidence)
		return out, nil
	})
}

func (s *Steps) gradesByEvidence(seen evidence.Found) bool {
	return len(seen.Sentences) > 0 && (s.cfg.Grading == GradeEvidence || seen.Answers >= s.cfg.Quotable)
}

func (s *Steps) gradeRelevance(ctx context.Context, in RelevanceInput) ([]Grade, error) {
	how := s.cfg.Grading
	byScore := make([]Grade, len(in.Passages))
	missing := false
	if how == GradeReranker || how == GradeBoth {
		for i, p := range in.Passages {
			if byScore[i] = calibrated(p, s.cfg.Calibration); !byScore[i].Known {
				missing = true
			}
		}
		if how == GradeReranker && !missing {
			return byScore, nil
		}
	}
	var grades []Grade
	var err error
	if how == GradeEach || !s.caller.Probes() || len(in.Passages) == 1 {
		grades, err = s.gradeEach(ctx, in)
	} else {
		grades, err = s.gradeTogether(ctx, in)
	}
	if err != nil {
		return nil, err
	}
	for i := range grades {
		switch {
		case !byScore[i].Known:
		case how == GradeReranker || !grades[i].Known:
			grades[i] = byScore[i]
		default:
			grades[i] = Known(sigmoid((logit(grades[i].Value) + logit(byScore[i].Value)) / 2))
		}
	}
	return grades, nil
}

// together is the maximum number of passages that one call grades. Numbers up
// to 9 have one digit, which is one token in every model.
const together = 9

// gradeTogether returns P(i)/(P(i)+P(none)) for each passage i, where P(none)
// is the probability that the model names no passage. A passage is not compared
// with the other passages, because several passages may hold a part of the
// answer and then share the probability. If the passages do not fit the model's
// context, the last ones are left out, and their grades are unknown.
func (s *Steps) gradeTogether(ctx context.Context, in RelevanceInput) ([]Grade, error) {
	var grades []Grade
	for begin := 0; begin < len(in.Passages); begin += together {
		some := in.Passages[begin:min(begin+together, len(in.Passages))]
		var probs []float64
		ok, single := false, false
		left, err := call.Fitting(len(some), func(left int) error {
			p, err := s.Render(prompts.NameGradePassages, in.Question, prompts.GradePassages{
				Question: in.Question, Passages: numbered(in.Question, some[:left]),
			})
			if err != nil {
				return err
			}
			for i := range left + 1 {
				p.Labels = append(p.Labels, strconv.Itoa(i))
			}
			if probs, ok, err = s.caller.Probe(ctx, p); err != nil || ok || !s.caller.Probes() {
				return err
			}
			probs, single, err = s.caller.JudgeBySchema(ctx, p)
			return err
		})
		if err != nil {
			return nil, err
		}
		if !s.caller.Probes() || single && probs[0] == 0 {
			// A reply under a schema names only one passage, and says nothing
			// about the other passages.
			return s.gradeEach(ctx, in)
		}
		ok = ok || single
		for i := range some {
			grade := Grade{}
			if i >= left {
				grades = append(grades, grade)
				continue
			}
			if ok && probs[i+1]+probs[0] > 0 {
				grade = Known(probs[i+1] / (probs[i+1] + probs[0]))
			} else if ok {
				grade = Known(0)
			}
			grades = append(grades, grade)
		}
	}
	return grades, nil
}

// gradeEach asks about each passage alone, up to Config.Parallel at a time. The
// prompts for one question are equal up to the passage, so a server can cache
// that part.
func (s *Steps) gradeEach(ctx context.Context, in RelevanceInput) ([]Grade, error) {
	grades := make([]Grade, len(in.Passages))
	err := s.each(ctx, len(in.Passages), func(ctx context.Context, i int) (err error) {
		p := in.Passages[i]
		grades[i], err = s.yes(ctx, prompts.NameGradeRelevance, in.Question, prompts.GradeRelevance{
			Question: in.Question,
			Passage:  prompts.Passage{N: 1, Title: p.Title, Text: p.Text},
		})
		return err
	})
	return grades, err
}

// each runs n independent calls, at most Config.Parallel at a time. The first
// error stops the remaining calls and is returned.
func (s *Steps) each(ctx context.Context, n int, do func(ctx context.Context, i int) error) error {
	g, gctx := errgroup.WithContext(ctx)
	g.SetLimit(s.cfg.Parallel)
	for i := range n {
		g.Go(func() error {
			if gctx.Err() != nil {
				return context.Cause(gctx)
			}
			return do(gctx, i)
		})
	}
	if err := g.Wait(); err != nil {
		return stop.Reason(ctx, err)
	}
	return nil
}

// calibrated returns the reranker's score of a passage as a probability. The
// grade is unknown if there is no score or no calibration.
func calibrated(p retrieval.Passage, c *rerank.Calibration) Grade {
	if p.Rerank == nil || c == nil {
		return Grade{}
	}
	return Known(c.Probability(*p.Rerank))
}

// logit returns the log odds of a probability, finite even for 0 and 1.
func logit(p float64) float64 {
	p = min(1-1e-6, max(1e-6, p))
	return math.Log(p / (1 - p))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }

// check returns an error for an unknown way of grading or a missing
// calibration.
func (g Grading) check(c *rerank.Calibration) error {
	switch g {
	case GradeEvidence, GradeTogether, GradeEach:
		return nil
	case GradeReranker, GradeBoth:
		if c == nil {
			return fmt.Errorf("grading by %q needs a calibration of the reranker's scores", g)
		}
		return nil
	}
	return fmt.Errorf("unknown way of grading %q: use evidence, together, each, reranker or both", g)
}

// relevant grades the found passages and returns a reading of the passages
// whose grade is high enough.
func (r *iteration) relevant(ctx context.Context, question string, found []retrieval.Passage, seen evidence.Found) (Reading, error) {
	graded, err := r.Steps.GradeRelevance(ctx, RelevanceInput{question, found, seen})
	if err != nil {
		return Reading{}, err
	}
	r.record.Passages = []GradedPassage{}
	for i, p := range found {
		r.record.Passages = append(r.record.Passages, GradedPassage{p.ID, p.Score, graded.Grades[i]})
		r.Emit(RelevanceGraded{Iteration: r.n, Passage: p, Grade: graded.Grades[i], Kept: graded.Passes(i)})
	}
	return graded.Reading, nil
}

// evidenceGrades returns for each passage the P(answers) of its likeliest
// sentence, or 0 if the passage contains no evidence.
func evidenceGrades(found []retrieval.Passage, seen evidence.Found) []Grade {
	grades := make([]Grade, len(found))
	for i, p := range found {
		grades[i] = Known(0)
		if at := slices.IndexFunc(seen.Sentences, func(s evidence.Sentence) bool { return s.Passage == p.ID }); at >= 0 {
			grades[i] = Known(seen.Sentences[at].Answers)
		}
	}
	return grades
}
