package wire

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// ServedWithout says in an answer, and to who asks whether the server is ready,
// that no model can be reached. Why, with the address, is for the log.
const ServedWithout = "No language model can be reached. Answering with sentences from the documents."

// modelIsThere reports why the language model cannot be asked; nil where it can.
// The outcome holds for a moment, so that a server that is away does not hold up
// every question.
func (v *Served) modelIsThere(ctx context.Context) error {
	return v.asked.do(func() error {
		// Whoever asks within the same moment gets this answer too: it is the
		// model's, even if this client is gone.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), readyTime)
		defer cancel()
		model, err := v.parts.Model(ctx)
		if err != nil {
			return v.noted(ctx, err)
		}
		there, err := model.HasModel(ctx, model.Model())
		switch {
		case err != nil:
			err = fmt.Errorf("ask for model %s: %w", model.Model(), err)
		case !there:
			err = fmt.Errorf("model %s is not there: %w", model.Model(), missingModel(model))
		}
		return v.noted(ctx, err)
	})
}

// noted logs that the model went or came back.
func (v *Served) noted(ctx context.Context, err error) error {
	switch away := err != nil; {
	case away && !v.away:
		v.log.WarnContext(ctx, "no language model can be reached: sentences of the documents answer", "error", err)
	case !away && v.away:
		v.log.InfoContext(ctx, "the language model can be reached again")
	}
	v.away = err != nil
	return err
}

// Without is what the server does without while it is ready.
func (v *Served) Without(ctx context.Context) string {
	if v.parts.Settings.AsksNoModel() || v.modelIsThere(ctx) == nil {
		return ""
	}
	return ServedWithout
}

const (
	// memoTime is how long an outcome is remembered.
	memoTime = time.Second
	// memoTimeFailed is that of a failure of the model: a server that does not
	// answer takes seconds to say so.
	memoTimeFailed = 5 * time.Second
)

// memo remembers an outcome for a moment.
type memo struct {
	keep   time.Duration // how long an outcome is remembered
	failed time.Duration // how long a failure is, if longer

	mu  sync.Mutex
	at  time.Time
	err error
}

func (m *memo) do(f func() error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	keep := m.keep
	if m.err != nil {
		keep = max(keep, m.failed)
	}
	if time.Since(m.at) > keep {
		m.err = f()
		m.at = time.Now() // after what it took
	}
	return m.err
}
