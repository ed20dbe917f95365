package langfuse

import (
	"context"
	"fmt"
)

// The types of a score's value.
const (
	Numeric = "NUMERIC"
	Boolean = "BOOLEAN" // 0 or 1
)

// Score is a score of a trace. A score with the same ID replaces an earlier
// one.
type Score struct {
	ID          string  `json:"id"`
	Trace       string  `json:"traceId,omitempty"`
	Observation string  `json:"observationId,omitempty"` // of the trace; may be empty
	Session     string  `json:"sessionId,omitempty"`     // in place of a trace
	Name        string  `json:"name"`
	Value       float64 `json:"value"`
	Type        string  `json:"dataType"`
	Comment     string  `json:"comment,omitempty"`
	Environment string  `json:"environment,omitempty"`
}

// PostScore sends a score once. The errors are those of Get.
func (c *Client) PostScore(ctx context.Context, s Score) error {
	if err := c.PostOnce(ctx, "/api/public/scores", s, nil); err != nil {
		return fmt.Errorf("send score %s: %w", s.Name, err)
	}
	return nil
}
