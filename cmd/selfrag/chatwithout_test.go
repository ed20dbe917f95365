package main

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/talk"
)

// typed returns one line per Read. It calls before ahead of each line except
// the first.
type typed struct {
	lines  []string
	before func()
	read   int
}

func (r *typed) Read(p []byte) (int, error) {
	if r.read == len(r.lines) {
		return 0, io.EOF
	}
	if r.read > 0 {
		r.before()
	}
	r.read++
	return copy(p, r.lines[r.read-1]+"\n"), nil
}

// TestAChatGoesBackToItsStrategy starts a chat without a model. The model
// becomes available before the second question.
func TestAChatGoesBackToItsStrategy(t *testing.T) {
	m := newRestartable(t)
	a := newServedApp(t, m.bridgeModel)
	a.settings.Answerable = 0
	m.down()
	question := "How many lanes has the bridge?"
	var out, notes bytes.Buffer
	a.In, a.Out, a.Err = &typed{lines: []string{question, question}, before: func() { m.up(t) }}, &out, &notes
	parts := a.parts()
	defer parts.Close()
	if err := talk.Run(t.Context(), parts, a.Streams, talk.Options{Quiet: true}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(out.String(), "The bridge has two lanes. [1]"); n != 2 {
		t.Errorf("%d answers: %s", n, out.String())
	}
	told := notes.String()
	if strings.Count(told, "No language model: ") != 1 || strings.Count(told, "There is a language model now: strategy self-rag.") != 1 || m.calls.Load() == 0 {
		t.Errorf("%d calls, told: %s", m.calls.Load(), told)
	}
}
