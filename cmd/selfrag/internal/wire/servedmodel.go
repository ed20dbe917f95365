package wire

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// ServedWithout is the text for users and readiness checks if no model can be
// reached. The reason contains an address, so it is written only to the log.
const ServedWithout = "No language model can be reached. Answering with sentences from the documents."

// modelIsThere returns nil if the language model can be reached, and otherwise
// the reason. The result is remembered for a moment, so that an unreachable
// server does not delay every question.
func (v *Served) modelIsThere(ctx context.Context) error {
	return v.asked.do(func() error {
		// Other callers share this result for a moment. It must not depend on
		// whether this client goes away.
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
			err = fmt.Errorf("model %s is missing: %w", model.Model(), missingModel(model))
		}
		return v.noted(ctx, err)
	})
}

// noted logs when the model becomes unreachable and when it can be reached
// again.
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

// Without returns a sentence about the missing model, or "" if the model can be
// reached. Without a model the server is still ready.
func (v *Served) Without(ctx context.Context) string {
	if v.parts.Settings.AsksNoModel() || v.modelIsThere(ctx) == nil {
		return ""
	}
	return ServedWithout
}

const (
	// memoTime is how long a result is remembered.
	memoTime = time.Second
	// memoTimeFailed is how long a failure of the model is remembered. It is
	// longer, because it takes seconds to find out that a server does not
	// answer.
	memoTimeFailed = 5 * time.Second
)

// memo remembers a result for a short time.
type memo struct {
	keep   time.Duration // how long a result is remembered
	failed time.Duration // how long a failure is remembered, if longer than keep

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
		m.at = time.Now() // after the call, which may take time
	}
	return m.err
}
