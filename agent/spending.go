package agent

import "time"

// Spending is what a turn costs, whether or not it comes to an answer. It is
// safe for concurrent use.
type Spending struct {
	steps *Steps
	begin time.Time
}

// SoFar is what the turn has cost by now: all of it, once the turn's events have
// ended. Total is the time since the turn began.
func (s *Spending) SoFar() ([]StepCost, Timings) {
	if s == nil {
		return nil, Timings{}
	}
	_, cost := s.steps.meter.usage()
	return cost, s.steps.timings(time.Since(s.begin))
}
