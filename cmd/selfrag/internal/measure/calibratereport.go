package measure

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/rerank"
	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// calibrationReport holds the curves, and how well they predict for questions
// that they were not fitted on.
type calibrationReport struct {
	Questions   int              `json:"questions"`
	Sets        []calibrationRow `json:"sets"`
	Signals     []signalRow      `json:"signals,omitempty"`
	Reliability []reliabilityRow `json:"reliability"`
	Calibration wire.Calibration `json:"calibration"`
}

// calibrationRow holds the cross-validated figures of the curves for one set of
// questions, such as the Korean ones. A figure is nil if it cannot be computed
// for these questions.
type calibrationRow struct {
	Set        string   `json:"set"`
	Answerable int      `json:"answerable"`
	Not        int      `json:"unanswerable"`
	Best       *float64 `json:"best_sentence"`  // share of answerable questions whose best sentence holds the answer
	Three      *float64 `json:"best_three"`     // share of answerable questions with the answer in one of the best three sentences
	Answers    *float64 `json:"auc_answerable"` // area under the ROC curve of P(answers) as a test for answerable questions
	OnePlace   *float64 `json:"auc_one_place"`  // area under the ROC curve of P(one place has it all) as a test for questions that one place answers
}

// signalRow holds the figures of curves that were fitted without one signal.
type signalRow struct {
	Without string `json:"without"` // name of the signal; empty: all signals were used
	calibrationRow
}

// reliabilityRow compares the predicted P(answers) with what was observed, for
// the questions whose P(answers) is between From and To.
type reliabilityRow struct {
	From      float64 `json:"from"`
	To        float64 `json:"to"`
	Questions int     `json:"questions"`
	Said      float64 `json:"said"` // mean of the predicted P(answers)
	So        float64 `json:"so"`   // share of these questions that the documents answer
}

// report fits the curves and measures them by cross-validation.
func (s samples) report(o *Calibrate) (calibrationReport, error) {
	r := calibrationReport{Questions: len(s.questions)}
	like := like(o.curves)
	own := &like.With
	if o.words {
		own = &like.Without
		s.questions = evidence.WithoutSignal(s.questions, "cosine")
	}
	if o.noFit {
		estimates := evidence.Measure(s.questions, *own)
		r.Sets, r.Reliability = rowsOf(estimates), reliability(estimates)
		return r, nil
	}
	estimates, err := evidence.CrossValidate(s.questions, *own, o.folds, o.seed, groupOf)
	if err != nil {
		return r, err
	}
	if o.signals {
		for _, name := range append([]string{""}, evidence.SignalNames()...) {
			e := estimates
			if name != "" {
				if e, err = evidence.CrossValidate(evidence.WithoutSignal(s.questions, name), *own, o.folds, o.seed, groupOf); err != nil {
					return r, err
				}
			}
			r.Signals = append(r.Signals, signalRow{name, rowOf("all", e)})
		}
	}
	r.Sets, r.Reliability = rowsOf(estimates), reliability(estimates)
	if *own, err = evidence.Fit(s.questions, *own); err != nil {
		return r, err
	}
	r.Calibration.Evidence = like
	if c, err := rerank.FitCalibration(s.scores, s.relevant); err == nil {
		r.Calibration.Reranker = &c
	}
	return r, nil
}

// like returns a copy of the given curves, or the built-in curves if given is
// nil.
func like(given *evidence.Curves) *evidence.Curves {
	if given == nil {
		return evidence.BuiltIn()
	}
	curves := *given
	return &curves
}

// groupOf returns the group of a question for cross-validation. A question, its
// look-ups and its variant with hidden documents have the same group, so that
// they are in the same fold.
func groupOf(q evidence.Judged) string {
	id, _, _ := strings.Cut(strings.TrimSuffix(q.ID, hiddenSuffix), "#")
	return id
}

func rowsOf(estimates []evidence.Estimate) []calibrationRow {
	hidden := func(e evidence.Estimate) bool { return strings.HasSuffix(e.ID, hiddenSuffix) }
	lookUp := func(e evidence.Estimate) bool { return strings.Contains(e.ID, "#") }
	in := func(language string) func(e evidence.Estimate) bool {
		return func(e evidence.Estimate) bool {
			return !hidden(e) && !lookUp(e) && text.Language(e.Question) == language
		}
	}
	var out []calibrationRow
	for _, g := range []struct {
		name string
		of   func(evidence.Estimate) bool
	}{
		{"all", func(evidence.Estimate) bool { return true }},
		{"as asked", func(e evidence.Estimate) bool { return !hidden(e) && !lookUp(e) }},
		{"  English", in("en")},
		{"  Korean", in("ko")},
		{"look-ups", lookUp},
	} {
		some := slices.DeleteFunc(slices.Clone(estimates), func(e evidence.Estimate) bool { return !g.of(e) })
		if len(some) > 0 {
			out = append(out, rowOf(g.name, some))
		}
	}
	return out
}

func rowOf(name string, estimates []evidence.Estimate) calibrationRow {
	row := calibrationRow{Set: name}
	var best, three, judged float64
	var said, one [2][]float64
	for _, e := range estimates {
		if e.Answerable != nil {
			side := 0
			if *e.Answerable {
				side = 1
			}
			said[side] = append(said[side], e.Found.Answers)
		}
		if e.OnePlace != nil {
			side := 0
			if *e.OnePlace {
				side = 1
			}
			one[side] = append(one[side], e.Found.OnePlace)
		}
		if !slices.Contains(e.Right, true) {
			continue
		}
		judged++
		for i, s := range e.Found.Sentences[:min(3, len(e.Found.Sentences))] {
			if e.IsRight(s) {
				three++
				if i == 0 {
					best++
				}
				break
			}
		}
	}
	row.Not, row.Answerable = len(said[0]), len(said[1])
	if judged > 0 {
		row.Best, row.Three = ptr(best/judged), ptr(three/judged)
	}
	row.Answers, row.OnePlace = auc(said[1], said[0]), auc(one[1], one[0])
	return row
}

func ptr(v float64) *float64 { return &v }

// auc returns the probability that a random value of high is above a random
// value of low: the area under the ROC curve (Hanley and McNeil 1982). It
// returns nil if high or low is empty.
func auc(high, low []float64) *float64 {
	if len(high) == 0 || len(low) == 0 {
		return nil
	}
	sum := 0.0
	for _, h := range high {
		for _, l := range low {
			switch {
			case h > l:
				sum++
			case h == l:
				sum += 0.5
			}
		}
	}
	return ptr(sum / float64(len(high)*len(low)))
}

func reliability(estimates []evidence.Estimate) []reliabilityRow {
	const bins = 10
	rows := make([]reliabilityRow, bins)
	for _, e := range estimates {
		if e.Answerable == nil {
			continue
		}
		b := &rows[min(bins-1, int(e.Found.Answers*bins))]
		b.Questions++
		b.Said += e.Found.Answers
		if *e.Answerable {
			b.So++
		}
	}
	for i := range rows {
		rows[i].From, rows[i].To = float64(i)/bins, float64(i+1)/bins
		if n := float64(rows[i].Questions); n > 0 {
			rows[i].Said, rows[i].So = rows[i].Said/n, rows[i].So/n
		}
	}
	return rows
}

func (r calibrationReport) print(w io.Writer) error {
	figure := func(v *float64) string {
		if v == nil {
			return "  -  "
		}
		return fmt.Sprintf("%.3f", *v)
	}
	var err error
	line := func(format string, args ...any) {
		_, e := fmt.Fprintf(w, format+"\n", args...)
		err = errors.Join(err, e)
	}
	how := "cross-validated"
	if r.Calibration.Evidence == nil {
		how = "by the curves as they are"
	}
	line("%d questions, %s", r.Questions, how)
	line("%-20s %6s %6s  %6s %6s  %10s %9s", "", "told", "not", "best 1", "best 3", "answerable", "one place")
	for _, s := range r.Sets {
		line("%-20s %6d %6d  %6s %6s  %10s %9s", s.Set, s.Answerable, s.Not, figure(s.Best), figure(s.Three), figure(s.Answers), figure(s.OnePlace))
	}
	for _, s := range r.Signals {
		if s.Without == "" {
			line("\nall questions, without one signal")
		}
		line("%-20s %6s %6s  %6s %6s  %10s %9s", cmp.Or(s.Without, "(with all)"), "", "", figure(s.Best), figure(s.Three), figure(s.Answers), figure(s.OnePlace))
	}
	line("\nP(the documents answer it): stated, and how often it was right")
	for _, b := range r.Reliability {
		if b.Questions > 0 {
			line("%.1f to %.1f  %5d questions  stated %.2f  observed %.2f", b.From, b.To, b.Questions, b.Said, b.So)
		}
	}
	return err
}
