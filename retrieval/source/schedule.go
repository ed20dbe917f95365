package source

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"selfrag/retrieval/ingest"
)

// Config configures a Schedule.
type Config struct {
	Source Source
	// Open opens the collection for one Sync. It is called before each.
	Open func(ctx context.Context) (Target, error)
	// Every is the time from the end of one Sync to the beginning of the next; default
	// one hour. After a Sync that failed, the next one comes earlier, after Retry.
	Every time.Duration
	// Retry is the wait after a Sync that failed; default 30 s. It doubles after each
	// further failure, up to Every.
	Retry time.Duration
	// Changed starts a Sync early when it receives a value. It may be nil.
	Changed <-chan struct{}

	// StateFile is the file that keeps the state from one process to the next. If it
	// is empty, the state is kept in memory only.
	StateFile string
	// Of changes if all files must be read again. See State.
	Of string

	Progress func(ingest.Event)     // called for each document; may be nil
	Ended    func(Report, error)    // called after each Sync; may be nil
	Explain  func(err error) string // returns the text of an error for Status; default err.Error()
}

// maxFailures is the number of failed files that a Status lists.
const maxFailures = 100

// Status is the state of a Schedule at a moment.
type Status struct {
	Running  bool
	Began    time.Time // beginning of the current or last Sync; zero before the first
	Ended    time.Time // end of the last Sync; zero before the first
	Next     time.Time // beginning of the next Sync; zero while one is running
	Success  time.Time // end of the last Sync that succeeded
	Report   Report    // report of the last Sync that succeeded, without its failures
	Failures []ingest.Failure
	Failed   int    // number of failed files; Failures lists the first 100
	Error    string // why the last Sync failed; empty if it succeeded
}

// Schedule keeps a collection up to date with a source by calling Sync repeatedly. It
// is safe for concurrent use.
type Schedule struct {
	cfg Config
	now chan struct{}

	mu     sync.Mutex
	status Status
}

// NewSchedule returns a schedule. It does nothing until Run is called.
func NewSchedule(cfg Config) *Schedule {
	cfg.Every = cmp.Or(cfg.Every, time.Hour)
	cfg.Retry = cmp.Or(cfg.Retry, 30*time.Second)
	if cfg.Explain == nil {
		cfg.Explain = error.Error
	}
	return &Schedule{cfg: cfg, now: make(chan struct{}, 1)}
}

// Now starts a Sync at once, or after the one that is running.
func (s *Schedule) Now() {
	select {
	case s.now <- struct{}{}:
	default: // one is due already
	}
}

// Status returns the current state.
func (s *Schedule) Status() Status {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := s.status
	out.Failures = slices.Clone(out.Failures)
	return out
}

// Run calls Sync until ctx ends: at once, then at the times of Config.Every, when Now
// is called, and when Config.Changed receives a value.
func (s *Schedule) Run(ctx context.Context) {
	var state *State
	var retry time.Duration
	for {
		begin := time.Now()
		s.set(func(st *Status) { st.Running, st.Began, st.Next = true, begin, time.Time{} })
		report, err := s.sync(ctx, &state)
		if ctx.Err() != nil {
			s.set(func(st *Status) { st.Running = false })
			return
		}
		wait := s.cfg.Every
		if err == nil {
			retry = 0
		} else {
			retry = min(max(s.cfg.Retry, 2*retry), s.cfg.Every)
			wait = retry
		}
		s.ended(report, err, wait)
		if !s.wait(ctx, wait, report.Scan) {
			return
		}
	}
}

// sync loads the state if it is nil, and syncs.
func (s *Schedule) sync(ctx context.Context, state **State) (_ Report, err error) {
	if *state == nil {
		*state = &State{Of: s.cfg.Of}
		if s.cfg.StateFile != "" {
			if *state, err = LoadState(s.cfg.StateFile, s.cfg.Of); err != nil {
				*state = nil
				return Report{}, err
			}
		}
	}
	to, err := s.cfg.Open(ctx)
	if err != nil {
		return Report{}, &TargetError{fmt.Errorf("open the collection: %w", err)}
	}
	report, err := Sync(ctx, s.cfg.Source, to, *state, s.cfg.Progress)
	if s.cfg.StateFile != "" {
		err = errors.Join(err, (*state).Save(s.cfg.StateFile))
	}
	return report, err
}

func (s *Schedule) ended(report Report, err error, wait time.Duration) {
	now := time.Now()
	s.set(func(st *Status) {
		st.Running, st.Ended, st.Next, st.Error = false, now, now.Add(wait), ""
		if err != nil {
			st.Error = s.cfg.Explain(err)
			return
		}
		st.Success, st.Report, st.Failed = now, report, len(report.Failed)
		st.Failures = report.Failed[:min(len(report.Failed), maxFailures)]
		st.Report.Failed, st.Report.Warned = nil, nil
	})
	if s.cfg.Ended != nil {
		s.cfg.Ended(report, err)
	}
}

// wait waits until the next Sync is due. It returns false if ctx ended. After a change
// it waits at least as long as the last scan took, so that a source that changes all
// the time is listed for half of the time at most.
func (s *Schedule) wait(ctx context.Context, wait, scan time.Duration) bool {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	rest := time.NewTimer(min(scan, wait))
	defer rest.Stop()
	changed := s.cfg.Changed
	due := false
	rested := false
	for !due || !rested {
		select {
		case <-ctx.Done():
			return false
		case <-timer.C:
			return true
		case <-s.now:
			return true
		case _, open := <-changed:
			due = open || due
			if !open {
				changed = nil
			}
		case <-rest.C:
			rested = true
		}
	}
	return true
}

func (s *Schedule) set(change func(*Status)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	change(&s.status)
}
