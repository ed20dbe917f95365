package call

import (
	"fmt"
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// NoTextError says that a call brought no text, although the server answered: the
// limit ended it in the model's thoughts, the model refused, or called a tool. It
// says nothing of what was asked.
type NoTextError struct {
	Model string // as its client calls it; may be empty
	Why   string // "its server filtered the answer"
	Err   error  // of the client, where there is one
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

// ModelFailed tells callers that the model, and not what it was asked, is why there
// is no answer.
func (e *NoTextError) ModelFailed() bool { return true }

// UnreadError says that of a model's grades none could be read.
type UnreadError struct {
	Model string // as its client calls it; may be empty
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

// ModelFailed tells callers that the model, and not what it was asked, is why there
// is no answer.
func (e *UnreadError) ModelFailed() bool { return true }

// SilentError says that the model did not answer once while there was time.
type SilentError struct{ Model string }

func (e *SilentError) Error() string {
	if e.Model == "" {
		return "the model did not answer in the time of the question; look whether its server works, or give it more time"
	}
	return fmt.Sprintf("the model %s did not answer in the time of the question; look whether its server works, or give it more time", e.Model)
}

// Unreachable tells callers that a part does not answer.
func (e *SilentError) Unreachable() bool { return true }

// Silent is the error of a model that was called and never answered; nil where it
// was not called, or did.
func (c *Caller) Silent() error {
	if c.meter.usage().Calls == 0 || c.heard.Load() > 0 {
		return nil
	}
	return &SilentError{Model: c.name}
}

// filtered is what a caller asks of a model's error: whether the server refused
// what the prompt is about.
type filtered interface{ Filtered() bool }

// brokenOff is what a caller asks of a model's error: whether an answer had begun
// and broke off, so that the same call may well bring it.
type brokenOff interface{ BrokenOff() bool }

// noText says why a choice has no text; nil where its model ended of itself, which
// is for the step to judge. limit is how many tokens the call might write.
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

// errNothing is the error of a text that must be one and is empty.
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

// shortened is the beginning of what a model wrote, for an error.
func shortened(s string) string {
	const most = 80
	s = strings.Join(strings.Fields(s), " ")
	if runes := []rune(s); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return s
}

// endedByItself reports whether a reason is one of those by which servers say that
// the model ended its text, or wrote a stop word. Some give none.
func endedByItself(reason string) bool {
	switch strings.ToLower(reason) {
	case "", "stop", "end_turn", "end", "eos", "eos_token", "stop_sequence", "stop_token", "stop_word", "complete", "completed", "finish", "finished",
		"done", "normal", "success":
		return true
	}
	return false
}

// endedByLimit reports whether a reason says that a limit ended the text.
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
