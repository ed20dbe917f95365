package eval

import (
	"context"
	"fmt"
	"slices"

	"golang.org/x/sync/errgroup"
)

// Run asks every arm every question. Questions whose outcome is already in the
// log are not asked again.
type Run struct {
	Arms        []Arm // with different names
	Queries     []Query
	Log         *Log
	Concurrency int // number of questions that are asked at the same time; 0 means 1
	// Progress, if not nil, is called with the number of answers in the log and
	// the number of all answers of the run. The first call is before any
	// question is asked. Calls do not overlap.
	Progress func(done, total int)
	// Answered, if not nil, is called with each new outcome. Calls may overlap.
	Answered func(q Query, o Outcome)
}

// Pending returns the number of answers that are not in the log yet.
func (r Run) Pending() int {
	n := 0
	for _, a := range r.Arms {
		for _, q := range r.Queries {
			if _, ok := r.Log.Find(a.Name, q.ID); !ok {
				n++
			}
		}
	}
	return n
}

// Do asks the questions and returns the outcomes by arm, in the order of the
// queries. The arms answer a question one after the other. The arm that is
// first for one question is last for the next. So a machine that becomes slower
// affects all arms alike, and no arm always profits from the model's cache
// after another arm. The first error ends the run. Answers from before the
// error are in the log.
func (r Run) Do(ctx context.Context) (map[string][]Outcome, error) {
	total := len(r.Arms) * len(r.Queries)
	progress := newProgress(total-r.Pending(), total, r.Progress)
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(max(1, r.Concurrency))
	for i, q := range r.Queries {
		arms := slices.Clone(r.Arms)
		if i%2 == 1 {
			slices.Reverse(arms)
		}
		group.Go(func() error {
			for _, a := range arms {
				if _, ok := r.Log.Find(a.Name, q.ID); ok {
					continue
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
				o, err := a.ask(ctx, q)
				if err != nil {
					return fmt.Errorf("%s, question %s: %w", a.Name, q.ID, err)
				}
				if err := r.Log.Add(o); err != nil {
					return err
				}
				if r.Answered != nil {
					r.Answered(q, o)
				}
				progress.add(1)
			}
			return nil
		})
	}
	if err := group.Wait(); err != nil {
		return nil, err
	}
	out := map[string][]Outcome{}
	for _, a := range r.Arms {
		for _, q := range r.Queries {
			o, _ := r.Log.Find(a.Name, q.ID)
			out[a.Name] = append(out[a.Name], o)
		}
	}
	return out, nil
}
