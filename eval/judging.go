package eval

import (
	"context"
	"fmt"

	"golang.org/x/sync/errgroup"
)

// Judging scores the answers of a run that the judge has not scored yet.
type Judging struct {
	Arms        []string
	Queries     []Query
	Log         *Log
	Judge       Judge
	Concurrency int // number of answers that are judged at the same time; 0 means 1
	// Progress, if not nil, is called with the number of judged answers and the
	// number of all answers to judge. The first call is before any answer is
	// judged. Calls do not overlap.
	Progress func(done, total int)
	// Judged, if not nil, is called with each outcome after the judge has
	// scored it. The outcome holds the judgement. Calls may overlap.
	Judged func(q Query, o Outcome)
}

// pending returns the answers in the log that this judge has not judged, and
// the number of all answers to judge.
func (j Judging) pending() (left []judging, total int) {
	for _, q := range j.Queries {
		for _, arm := range j.Arms {
			o, ok := j.Log.Find(arm, q.ID)
			if !ok || o.Abstained {
				continue
			}
			total++
			if _, done := j.Log.Judged(j.Judge.Name, arm, q.ID); !done {
				left = append(left, judging{q, o})
			}
		}
	}
	return left, total
}

type judging struct {
	query   Query
	outcome Outcome
}

// Pending returns the number of answers that the judge has not judged yet.
func (j Judging) Pending() int {
	left, _ := j.pending()
	return len(left)
}

// Do judges the pending answers. It stops at the first error. Judgements made
// before the error are in the log.
func (j Judging) Do(ctx context.Context) error {
	left, total := j.pending()
	progress := newProgress(total-len(left), total, j.Progress)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, j.Concurrency))
	for _, l := range left {
		group.Go(func() error {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			judgement, err := j.Judge.Judge(ctx, l.query, l.outcome)
			if err != nil {
				return fmt.Errorf("judge %s, question %s: %w", l.outcome.Arm, l.query.ID, err)
			}
			if err := j.Log.AddJudgement(judgement); err != nil {
				return err
			}
			if j.Judged != nil {
				l.outcome.Judgement = &judgement
				j.Judged(l.query, l.outcome)
			}
			progress.add(1)
			return nil
		})
	}
	return group.Wait()
}

// Attach sets the field Judgement of each outcome to the judge's judgement, if
// there is one.
func (j Judging) Attach(outcomes []Outcome) {
	for i, o := range outcomes {
		if judgement, ok := j.Log.Judged(j.Judge.Name, o.Arm, o.ID); ok {
			outcomes[i].Judgement = &judgement
		}
	}
}
