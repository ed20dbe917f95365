package talk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/agent/conversation"
	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/fault"
	"selfrag/retrieval"
	"selfrag/session"
	"selfrag/trace"
)

// Options are the options of a chat.
type Options struct {
	// Session is the name of the session to continue or to begin. If it is
	// empty, the conversation is not saved.
	Session string
	// Quiet hides the steps.
	Quiet bool
}

// Run holds a conversation until the user leaves.
func Run(ctx context.Context, parts *wire.Parts, io term.Streams, o Options) error {
	c := &chat{Streams: io, settings: parts.Settings, parts: parts, quiet: o.Quiet, interactive: term.IsTerminal(io.In), now: time.Now}
	if err := c.resume(o.Session); err != nil {
		return err
	}
	ctx = trace.With(ctx, trace.Labels{Name: "chat", Session: wire.TraceSession(c.settings.Tenant, o.Session)})
	if err := c.open(ctx, c.settings); err != nil {
		return err
	}
	if c.interactive {
		// Ctrl-C stops the answer, not the program.
		signal.Reset(os.Interrupt)
		c.interrupts = make(chan os.Signal, 1)
		signal.Notify(c.interrupts, os.Interrupt)
		defer signal.Stop(c.interrupts)
	}
	c.lines = openLines(io, filepath.Join(c.settings.DataDir, "chat-history"), commandNames(), c.interrupts)
	defer c.lines.Close()
	return c.run(ctx)
}

// chat is a conversation at a terminal or through a pipe.
type chat struct {
	term.Streams
	settings    config.Settings
	quiet       bool
	interactive bool
	now         func() time.Time
	lines       lines
	interrupts  chan os.Signal // nil unless interactive

	parts   *wire.Parts
	search  *wire.Search
	agent   *agent.Agent
	without string // why the agent works without a model; empty if it has one
	talk    *conversation.Memory

	file *session.File   // nil while the conversation is not saved
	kept session.Session // the conversation so far

	// reasoning holds the steps of the last question, and read the passages
	// that were found for it. Both are empty for a question of an earlier run,
	// because a session stores only the answers.
	reasoning term.Reasoning
	read      []retrieval.Passage
}

// open opens search and the agent for the given settings. If that fails, the
// old search and agent stay in use.
func (c *chat) open(ctx context.Context, s config.Settings) error {
	parts := c.parts.With(s)
	opening := *parts
	opening.Until = time.Now().Add(s.Timeout)
	search, err := opening.Search(ctx)
	if err != nil {
		return err
	}
	a, without, err := parts.Answering(ctx, search)
	if err != nil {
		return err
	}
	term.TellDegraded(c.Err, without, "")
	c.settings, c.parts, c.search, c.agent, c.without = s, parts, search, a, without
	if c.talk == nil {
		c.talk = conversation.New(conversation.Config{})
		c.talk.Restore(c.kept.State)
	}
	return nil
}

// regain returns the agent for the next question, which must be answered by the time
// until. If the model can be reached again, regain switches back to the strategy of
// the settings. Checking the model takes part of the question's time.
func (c *chat) regain(ctx context.Context, until time.Time) (*agent.Agent, error) {
	before := c.without
	if before == "" {
		return c.agent, nil
	}
	hurried := *c.parts
	hurried.Until = until
	now, without, err := hurried.Answering(ctx, c.search)
	if err != nil {
		return nil, err
	}
	term.TellDegraded(c.Err, without, before)
	if c.without = without; without != "" {
		return now, nil
	}
	c.note("There is a language model now: strategy %s.", c.settings.Strategy)
	c.agent, c.without, err = c.parts.Answering(ctx, c.search) // later questions have the whole time
	return now, err
}

// leaveWithin is the time within which a second Ctrl-C leaves the chat.
const leaveWithin = 3 * time.Second

// run reads and handles lines until the user leaves.
func (c *chat) run(ctx context.Context) error {
	c.greet()
	var interrupted time.Time
	for {
		line, err := c.lines.Next(ctx)
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case errors.Is(err, errInterrupted):
			if time.Since(interrupted) < leaveWithin {
				return nil
			}
			interrupted = time.Now()
			c.note("Ctrl-C again, Ctrl-D or /quit leaves.")
			continue
		case errors.As(err, new(unreadableError)) && c.interactive:
			c.note("%v", err)
			continue
		case errors.As(err, new(unreadableError)):
			return fault.Usage(err)
		case err != nil:
			return fmt.Errorf("read the next question: %w", err)
		}
		interrupted = time.Time{} // only two Ctrl-C in a row leave
		line = strings.TrimSpace(line)
		switch {
		case line == "":
			continue
		case strings.HasPrefix(line, "/"):
			err = c.command(ctx, line)
		default:
			err = c.ask(ctx, line)
		}
		if errors.Is(err, errQuit) {
			return nil
		}
		if ctx.Err() != nil || err != nil && !c.interactive {
			return err
		}
		if err != nil {
			c.note("%v", err)
		}
	}
}

func (c *chat) greet() {
	s := c.settings
	if c.interactive {
		c.note("Collection %s, strategy %s; see /help.", s.Collection, s.Strategy)
	}
	if n := len(c.kept.Turns); n > 0 {
		c.note("Session %s resumes after %s; the last: %s", c.file.Name, term.Count(n, "question"), term.Printable(c.kept.Turns[n-1].Answer.Question))
	}
}

// note prints a message that is not an answer.
func (c *chat) note(format string, args ...any) {
	fmt.Fprintf(c.Err, format+"\n", args...)
}

// ask answers one question. Ctrl-C stops the answer and the chat continues.
func (c *chat) ask(ctx context.Context, question string) error {
	asked := c.now()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	defer c.cancelOnInterrupt(cancel)()

	answering, err := c.regain(ctx, time.Now().Add(c.settings.Timeout))
	if err != nil {
		return err
	}
	view := term.NewProgress(c.Err, c.quiet)
	c.reasoning, c.read = term.Reasoning{}, nil
	var answer agent.Answer
	for e, err := range c.parts.Metrics.Follow(answering.Ask(trace.With(ctx, trace.Labels{}), agent.Question{Text: question, Conversation: c.talk})) {
		if err != nil {
			view.End()
			if errors.Is(context.Cause(ctx), errInterrupted) {
				c.note("Stopped.")
				return nil
			}
			return err
		}
		view.Show(e)
		c.reasoning.Show(e)
		switch e := e.(type) {
		case agent.Searched:
			c.read = append(c.read, e.Result.Passages...)
		case agent.Answered:
			answer = e.Answer
		}
	}
	view.End()
	if err := term.PrintAnswer(c.Out, answer); err != nil {
		return fmt.Errorf("print the answer: %w", err)
	}
	term.TellDegraded(c.Err, answer.Degraded, c.without)
	c.kept.Turns = append(c.kept.Turns, session.Turn{Asked: asked, Answer: answer})
	return c.save()
}

// cancelOnInterrupt calls cancel at Ctrl-C until the returned function is
// called.
func (c *chat) cancelOnInterrupt(cancel context.CancelCauseFunc) (stop func()) {
	if c.interrupts == nil {
		return func() {}
	}
	select {
	case <-c.interrupts: // drop a second Ctrl-C that was meant for the previous answer
	default:
	}
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		select {
		case <-c.interrupts:
			cancel(errInterrupted)
		case <-done:
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
