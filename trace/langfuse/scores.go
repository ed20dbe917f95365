package langfuse

import (
	"context"
	"fmt"
)

// The types of scores.
const (
	Numeric = "NUMERIC"
	Boolean = "BOOLEAN" // 0 or 1
)

// Score is a score of a trace. Two scores with the same ID are one score; the
// later replaces the earlier.
type Score struct {
	ID          string  `json:"id"`
	Trace       string  `json:"traceId,omitempty"`
	Observation string  `json:"observationId,omitempty"` // a span of the trace; may be empty
	Session     string  `json:"sessionId,omitempty"`     // instead of a trace
	Name        string  `json:"name"`
	Value       float64 `json:"value"`
	Type        string  `json:"dataType"`
	Comment     string  `json:"comment,omitempty"`
	Environment string  `json:"environment,omitempty"`
}

// PostScore sends a score without retries. The errors are those of Get.
func (c *Client) PostScore(ctx context.Context, s Score) error {
	if err := c.PostOnce(ctx, "/api/public/scores", s, nil); err != nil {
		return fmt.Errorf("send score %s: %w", s.Name, err)
	}
	return nil
}
