package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"selfrag/agent"
)

// TestOpenAPINamesEveryStrategy holds the enum of the OpenAPI file to the agent's
// strategies.
func TestOpenAPINamesEveryStrategy(t *testing.T) {
	want := fmt.Sprintf("Strategy: {enum: [%s]}", strings.Join(agent.StrategyNames(), ", "))
	if !strings.Contains(string(Description()), want) {
		t.Errorf("openapi.yaml does not have %s", want)
	}
}
