// Command selfrag answers questions from a person's own documents.
//
// main calls run with the streams of the process. Tests call run, too. Each
// command is one small file with a constructor that declares the flags and
// calls a package below internal, which does the work. Package config holds the
// settings, and package wire opens the parts that the settings name. exit.go
// chooses the exit code for an error.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/metrics"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes a command and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// The first Ctrl-C stops the command; a second one kills the program at
	// once.
	context.AfterFunc(ctx, stop)

	out, notes := term.NewWriter(stdout), term.NewWriter(stderr)
	app := &app{Streams: term.Streams{In: stdin, Out: out, Err: notes}, getenv: environment, hide: func(secrets []string) {
		out.Hide(secrets...)
		notes.Hide(secrets...)
	}}
	cmd := newRootCmd(app)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	if err == nil && out.Err() != nil { // a command need not look at each write
		err = fmt.Errorf("write the results: %w", out.Err())
	}
	err = app.writeMetrics(err)
	code, message := outcome(err, ctx.Err() != nil)
	if message != "" {
		fmt.Fprintln(app.Err, "selfrag:", message)
	}
	return code
}

// environment returns a variable of the environment without white space around
// it, which a key that was copied or read from a file may have. If HOME is not
// set, as on Windows, it returns the user's home folder for it.
func environment(name string) string {
	value := strings.TrimSpace(os.Getenv(name))
	if value == "" && name == "HOME" {
		value, _ = os.UserHomeDir() // without one, paths are relative to the working folder
	}
	return value
}

// app holds the streams, the environment and the settings that every command
// uses.
type app struct {
	term.Streams
	getenv func(string) string
	hide   func(secrets []string) // keeps texts out of all output; nil in tests of a command

	settings config.Settings  // loaded by the root command
	metrics  *metrics.Metrics // nil if no metrics file is requested
}

// parts returns the parts of the settings. The caller closes them.
func (a *app) parts() *wire.Parts {
	return wire.New(a.settings, wire.Options{Getenv: a.getenv, Warn: a.Err, Metrics: a.metrics})
}

// traced returns the parts of the settings, with tracing if the settings turn
// it on. end closes the parts, sends the remaining traces and prints a warning
// if traces were lost.
func (a *app) traced(ctx context.Context) (parts *wire.Parts, end func(), err error) {
	tracing, endTracing, err := wire.StartTracing(ctx, a.settings, a.getenv, buildOf().Version, a.metrics, a.Err)
	if err != nil {
		return nil, nil, err
	}
	parts = wire.New(a.settings, wire.Options{Getenv: a.getenv, Warn: a.Err, Metrics: a.metrics, Tracing: tracing})
	return parts, func() { parts.Close(); endTracing() }, nil
}
