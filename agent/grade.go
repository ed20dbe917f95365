package agent

import (
	"encoding/json"
	"fmt"

	"selfrag/agent/claim"
)

// Grade is a probability in [0,1], or unknown. The zero value is an unknown
// grade, which passes no threshold. In JSON an unknown grade is null.
type Grade struct {
	Value float64
	Known bool
	// Verdict is the result of checking a claim in code. The grade of a claim
	// that code refutes passes no threshold. Its value is 0, and no model was
	// asked.
	Verdict claim.Verdict
}

// Known returns a known grade, limited to [0,1].
func Known(p float64) Grade { return Grade{Value: min(1, max(0, p)), Known: true} }

// RefutedBy returns the grade of a claim that code refutes.
func RefutedBy(v claim.Verdict) Grade { return Grade{Known: true, Verdict: v} }

// Refuted returns the verdict that refutes the claim, or nil if code does not
// refute the claim.
func (g Grade) Refuted() *claim.Verdict {
	if !g.Verdict.Refuted {
		return nil
	}
	return &g.Verdict
}

// Passes reports whether the grade is known, is at least the threshold, and
// does not belong to a refuted claim.
func (g Grade) Passes(threshold float64) bool {
	return g.Known && g.Value >= threshold && !g.Verdict.Refuted
}

// String returns the grade with two decimals, or "unknown".
func (g Grade) String() string {
	if !g.Known {
		return "unknown"
	}
	return fmt.Sprintf("%.2f", g.Value)
}

// MarshalJSON writes a number, or null if the grade is unknown.
func (g Grade) MarshalJSON() ([]byte, error) {
	if !g.Known {
		return []byte("null"), nil
	}
	return json.Marshal(g.Value)
}

// UnmarshalJSON reads what MarshalJSON writes.
func (g *Grade) UnmarshalJSON(b []byte) error {
	*g = Grade{}
	if string(b) == "null" {
		return nil
	}
	g.Known = true
	return json.Unmarshal(b, &g.Value)
}
