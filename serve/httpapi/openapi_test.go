package httpapi

import (
	"fmt"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/retrieval"
)

// TestOpenAPINamesEveryStrategy holds the enum of the OpenAPI file to the agent's
// strategies.
func TestOpenAPINamesEveryStrategy(t *testing.T) {
	want := fmt.Sprintf("Strategy: {enum: [%s]}", strings.Join(agent.StrategyNames(), ", "))
	if !strings.Contains(string(Description()), want) {
		t.Errorf("openapi.yaml does not have %s", want)
	}
}

// TestOpenAPINamesEveryCause holds the enum of causes to the causes that there are.
func TestOpenAPINamesEveryCause(t *testing.T) {
	var causes []string
	for _, c := range retrieval.Causes() {
		causes = append(causes, string(c))
	}
	want := fmt.Sprintf("enum: [%s]", strings.Join(causes, ", "))
	if !strings.Contains(string(Description()), want) {
		t.Errorf("openapi.yaml does not have %s", want)
	}
}
