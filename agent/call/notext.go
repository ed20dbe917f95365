package call

import (
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// NoTextError says that the server answered a call but the answer has no text:
// the limit ended it while the model was thinking, or the model refused or called
// a tool. It says nothing about the question.
type NoTextError struct {
	Model string // name of the model; may be empty
	Why   string // such as "its server filtered the answer"
	Err   error  // the client's error; may be nil
	limit bool   // more room might help
}

func (e *NoTextError) Error() string {
	if e.Model == "" {
		return "the model wrote no text: " + e.Why
	}
	return fmt.Sprintf("the model %s wrote no text: %s", e.Model, e.Why)
}

// Unwrap returns the client's error.
func (e *NoTextError) Unwrap() error { return e.Err }

// ModelFailed reports that there is no answer because of the model, not because
// of the question.
func (e *NoTextError) ModelFailed() bool { return true }

// UnreadError says that none of the model's grades could be read.
type UnreadError struct {
	Model string // name of the model; may be empty
	Said  string // what it wrote in place of a grade
}

func (e *UnreadError) Error() string {
	said := fmt.Sprintf("it wrote %q", e.Said)
	if e.Said == "" {
		said = "it wrote nothing"
	}
	if e.Model == "" {
		return "no grade of the model can be read: " + said + " in place of one; choose another model"
	}
	return fmt.Sprintf("no grade of the model %s can be read: %s in place of one; choose another model", e.Model, said)
}

// ModelFailed reports that there is no answer because of the model, not because
// of the question.
func (e *UnreadError) ModelFailed() bool { return true }

// SilentError says that the model did not answer a single call in the time of
// the question.
type SilentError struct{ Model string }

func (e *SilentError) Error() string {
	if e.Model == "" {
		return "the model did not answer in the time of the question; check whether its server works, or give it more time"
	}
	return fmt.Sprintf("the model %s did not answer in the time of the question; check whether its server works, or give it more time", e.Model)
}

// Unreachable reports that the part does not answer.
func (e *SilentError) Unreachable() bool { return true }

// Silent returns a *SilentError if the model was called and never answered, else
// nil.
func (c *Caller) Silent() error {
	if c.meter.usage().Calls == 0 || c.heard.Load() > 0 {
		return nil
	}
	return &SilentError{Model: c.name}
}

// filtered is an error of a client that reports whether the server refused the
// content of the prompt or the answer.
type filtered interface{ Filtered() bool }

// brokenOff is an error of a client that reports whether an answer broke off
// after it had begun. The same call may then succeed.
type brokenOff interface{ BrokenOff() bool }

// noText returns why a choice has no text. It returns nil if the model ended by
// itself; the step then decides. limit is the maximum number of tokens of the call.
func (c *Caller) noText(choice *llms.ContentChoice, limit int) *NoTextError {
	e := &NoTextError{Model: c.name}
	refusal, _ := choice.GenerationInfo["Refusal"].(string)
	switch reason := choice.StopReason; {
	case refusal != "":
		e.Why = fmt.Sprintf("it refused (%q)", shortened(refusal))
	case len(choice.ToolCalls) > 0 || choice.FuncCall != nil:
		e.Why = fmt.Sprintf("it called a tool (%s), though none was offered", toolOf(choice))
	case endedByLimit(reason):
		e.limit = true
		e.Why = fmt.Sprintf("its limit of %d tokens ended it before the first word, as models do that think first; choose one that thinks less, or turn its thinking off", limit)
	case !endedByItself(reason):
		e.Why = fmt.Sprintf("its server ended the answer with the reason %q", reason)
	default:
		return nil
	}
	return e
}

// errNothing returns the error for an empty text if the step needs a text.
func (c *Caller) errNothing() error {
	return &NoTextError{Model: c.name, Why: "its answer was empty"}
}

func toolOf(choice *llms.ContentChoice) string {
	f := choice.FuncCall
	if len(choice.ToolCalls) > 0 {
		f = choice.ToolCalls[0].FunctionCall
	}
	if f == nil {
		return "unnamed"
	}
	return shortened(f.Name)
}

// shortened returns the beginning of a model's text, for an error message.
func shortened(s string) string {
	const most = 80
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// endedByItself reports whether a server's reason means that the model ended its
// text or wrote a stop word. Some servers give no reason.
func endedByItself(reason string) bool {
	switch strings.ToLower(reason) {
	case "", "stop", "end_turn", "end", "eos", "eos_token", "stop_sequence", "stop_token", "stop_word", "complete", "completed", "finish", "finished",
		"done", "normal", "success":
		return true
	}
	return false
}

// endedByLimit reports whether a server's reason means that a limit ended the
// text.
func endedByLimit(reason string) bool {
	reason = strings.ToLower(reason)
	if endedByItself(reason) {
		return false
	}
	for _, word := range []string{"length", "max", "limit", "token", "context", "truncat"} {
		if strings.Contains(reason, word) {
			return true
		}
	}
	return false
}
