package talk

import (
	"fmt"

	"selfrag/trace"
)

// feedback sends the user's opinion of the last answer to Langfuse as a score.
func (c *chat) feedback(good bool, comment string) error {
	if len(c.kept.Turns) == 0 {
		c.note("There is no answer yet.")
		return nil
	}
	if c.parts.Tracing == nil {
		return trace.ErrNoLangfuse
	}
	last := c.kept.Turns[len(c.kept.Turns)-1].Answer
	if err := c.parts.Tracing.Feedback(last.TraceID, good, comment); err != nil {
		return fmt.Errorf("keep what you think of the answer: %w", err)
	}
	c.note("Noted.")
	return nil
}
