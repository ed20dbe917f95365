package eval

import (
	"cmp"
	"context"
	"fmt"
	"slices"
)

// Tuning searches for the settings with the best mean of a metric on the
// development questions, and measures them on held-out questions. A candidate
// is one choice of values for the settings. All outcomes are stored in the log,
// so tuning can be resumed, even with more candidates than before.
type Tuning struct {
	Dataset   Dataset
	Dev, Held []Query
	Metric    string // name of one of Metrics for which a higher value is better
	// Candidates holds the candidates to try. The first one is the present
	// settings.
	Candidates []Candidate
	// Halving asks all candidates only few questions at first. Then it
	// repeatedly drops the worse half of the candidates and doubles the number
	// of questions (successive halving, Jamieson and Talwalkar 2016). If
	// Halving is false, all candidates are asked all questions.
	Halving bool
	// Open returns the arm for a candidate. It is called only if the log lacks
	// an outcome of the candidate.
	Open        func(ctx context.Context, c Candidate) (Arm, error)
	Log         *Log
	Concurrency int
	Progress    func(done, total int) // called like Run.Progress, with a new total each time the number of questions is doubled
}

// Trial holds the result of a candidate.
type Trial struct {
	Settings  Candidate `json:"settings"`
	Questions int       `json:"questions"`
	Quality   float64   `json:"quality"` // mean of the metric
	Seconds   float64   `json:"seconds"` // mean seconds per question
	// Front says that the trial is on the Pareto front. This means that no
	// other candidate that was asked as many questions is as good and faster,
	// or better and as fast.
	Front bool `json:"front"`
}

// Tuned holds the result of tuning.
type Tuned struct {
	Metric string  `json:"metric"`
	Trials []Trial `json:"trials"` // on the development questions, ordered by the number of questions, then by quality
	Best   Trial   `json:"best"`
	// Held holds the trials on the held-out questions. The first trial has the
	// present settings. The best settings and the other settings on the Pareto
	// front follow, best first.
	Held []Trial `json:"held_out"`
	// Gain compares the best settings (b) with the present settings (a) on the
	// held-out questions. It is nil if the best settings are the present
	// settings.
	Gain []Difference `json:"gain,omitempty"`
}

// finalists is the minimum number of candidates that halving keeps. So at least
// this number of candidates is asked all questions.
const finalists = 4

// Do tries the candidates and returns the result. The seed is used for the
// statistics of Tuned.Gain.
func (t Tuning) Do(ctx context.Context, seed uint64) (Tuned, error) {
	out := Tuned{Metric: t.Metric}
	if len(t.Candidates) == 0 || len(t.Dev) == 0 || len(t.Held) == 0 {
		return out, fmt.Errorf("tuning needs candidates, and questions to develop on and to hold out")
	}
	trials, err := t.search(ctx)
	if err != nil {
		return out, err
	}
	out.Trials, out.Best = trials, trials[0]

	order := []Candidate{t.Candidates[0]}
	for _, trial := range trials {
		if trial.Front || trial.Settings.String() == out.Best.Settings.String() {
			order = append(order, trial.Settings)
		}
	}
	order = distinct(order)
	outcomes, err := t.ask(ctx, order, t.Held)
	if err != nil {
		return out, err
	}
	for _, c := range order {
		out.Held = append(out.Held, t.trial(c, t.Held, outcomes[c.String()]))
	}
	markFront(out.Held)
	if now, best := t.Candidates[0].String(), out.Best.Settings.String(); now != best {
		out.Gain = Compare(t.Dataset, t.Held, outcomes[now], outcomes[best], 0, seed).Metrics
	}
	return out, nil
}

// search asks the candidates the development questions and returns the trials,
// best first.
func (t Tuning) search(ctx context.Context) ([]Trial, error) {
	alive, asked := t.Candidates, len(t.Dev)
	if t.Halving {
		for n := len(alive); n > finalists && asked > 4; n = (n + 1) / 2 {
			asked = (asked + 1) / 2
		}
	}
	var dropped []Trial
	for {
		questions := t.Dev[:asked]
		outcomes, err := t.ask(ctx, alive, questions)
		if err != nil {
			return nil, err
		}
		trials := make([]Trial, len(alive))
		for i, c := range alive {
			trials[i] = t.trial(c, questions, outcomes[c.String()])
		}
		slices.SortStableFunc(trials, t.better)
		if asked == len(t.Dev) {
			markFront(trials)
			return append(trials, dropped...), nil
		}
		keep := min(len(trials), max(finalists, (len(trials)+1)/2))
		alive = nil
		var gone []Trial
		for i, trial := range trials {
			// Never drop the present settings, because the best settings are
			// compared with them.
			if i < keep || trial.Settings.String() == t.Candidates[0].String() {
				alive = append(alive, trial.Settings)
			} else {
				gone = append(gone, trial)
			}
		}
		dropped = append(gone, dropped...)
		asked = min(len(t.Dev), 2*asked)
	}
}

// better orders trials by their mean, highest first. If two trials have the
// same mean, the present settings come first, because there is no reason to
// change them, and then the faster trial.
func (t Tuning) better(a, b Trial) int {
	present := func(trial Trial) int {
		if trial.Settings.String() == t.Candidates[0].String() {
			return 1
		}
		return 0
	}
	return cmp.Or(cmp.Compare(b.Quality, a.Quality), present(b)-present(a), cmp.Compare(a.Seconds, b.Seconds))
}

// ask asks each candidate the questions and returns the outcomes. It opens only
// candidates of which the log lacks an outcome.
func (t Tuning) ask(ctx context.Context, candidates []Candidate, questions []Query) (map[string][]Outcome, error) {
	run := Run{Queries: questions, Log: t.Log, Concurrency: t.Concurrency, Progress: t.Progress}
	for _, c := range candidates {
		arm := Arm{Name: c.String()}
		if (Run{Arms: []Arm{arm}, Queries: questions, Log: t.Log}).Pending() > 0 {
			var err error
			if arm, err = t.Open(ctx, c); err != nil {
				return nil, fmt.Errorf("try %s: %w", c, err)
			}
			arm.Name = c.String()
		}
		run.Arms = append(run.Arms, arm)
	}
	return run.Do(ctx)
}

func (t Tuning) trial(c Candidate, questions []Query, outcomes []Outcome) Trial {
	s := Summarise(t.Dataset, questions, outcomes)
	return Trial{Settings: c, Questions: len(questions), Quality: s.Means[t.Metric], Seconds: s.Means[MetricSeconds]}
}

// markFront marks the Pareto front of trials on the same questions, by quality
// and seconds.
func markFront(trials []Trial) {
	for i, a := range trials {
		trials[i].Front = !slices.ContainsFunc(trials, func(b Trial) bool {
			return b.Quality >= a.Quality && b.Seconds <= a.Seconds && (b.Quality > a.Quality || b.Seconds < a.Seconds)
		})
	}
}

func distinct(candidates []Candidate) []Candidate {
	seen := map[string]bool{}
	return slices.DeleteFunc(candidates, func(c Candidate) bool {
		had := seen[c.String()]
		seen[c.String()] = true
		return had
	})
}

// Split shuffles the questions, using the seed, and divides them into dev and
// held. dev gets the given share of the questions, in (0,1), and held gets the
// rest. If there are at least two questions, dev and held get at least one
// each.
func Split(queries []Query, share float64, seed uint64) (dev, held []Query) {
	// Add 1, because Sample does not shuffle for seed 0.
	shuffled := Sample(queries, 0, seed+1)
	n := min(max(1, int(share*float64(len(shuffled))+0.5)), max(0, len(shuffled)-1))
	return shuffled[:n], shuffled[n:]
}
