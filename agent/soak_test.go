//go:build soak

package agent_test

import (
	"testing"

	"selfrag/agent"
	"selfrag/retrieval"
)

// TestHandbookSoak asks all questions with a live model and the whole loop.
func TestHandbookSoak(t *testing.T) {
	askHandbook(t, nil, retrieval.Config{}, agent.Config{})
}
