package main

import (
	"strings"
	"testing"
)

// TestAskPutsNoControlCodesIntoPipes asks a scripted model that writes its
// draft word by word.
func TestAskPutsNoControlCodesIntoPipes(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	var out, steps strings.Builder
	a.Out, a.Err = &out, &steps
	a.settings.Strategy = "two-stage"
	if err := runAsk(t.Context(), a, &askOptions{question: "How many lanes has the bridge?"}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(steps.String(), "\n  draft            not yet checked: The bridge has two lanes [1].\n") || strings.ContainsAny(steps.String()+out.String(), "\x1b\r") {
		t.Errorf("steps %q, answer %q", steps.String(), out.String())
	}
	if strings.Contains(out.String(), "not yet checked") || !strings.Contains(out.String(), "The bridge has two lanes. [1]") {
		t.Errorf("the answer is %q", out.String())
	}
}
