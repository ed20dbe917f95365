// Command selfrag answers questions from a person's own documents.
//
// Shape: main hands its streams to run, which tests call as well. Each
// command is one file: an options struct, a constructor that declares its
// flags, and a run function. Settings (settings.go) come from defaults, file,
// environment and flags, in this order. parts.go is the only place where
// stores, models and rerankers are chosen and wired. exit.go maps errors to
// exit codes.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/term"
	"selfrag/cmd/selfrag/internal/wire"
	"selfrag/metrics"
)

func main() {
	os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// run executes one command and returns its exit code.
func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	// A second Ctrl-C kills the program at once.
	context.AfterFunc(ctx, stop)

	app := &app{Streams: term.Streams{In: stdin, Out: stdout, Err: stderr}, getenv: os.Getenv}
	cmd := newRootCmd(app)
	cmd.SetArgs(args)
	err := cmd.ExecuteContext(ctx)
	err = app.writeMetrics(err)
	code, message := outcome(err, ctx.Err() != nil)
	if message != "" {
		fmt.Fprintln(stderr, "selfrag:", message)
	}
	return code
}

// app holds what every command needs of its surroundings.
type app struct {
	term.Streams
	getenv func(string) string

	settings config.Settings  // as root has loaded them
	metrics  *metrics.Metrics // nil unless they are asked for
}

// parts are the parts of the settings. Whoever asks closes them.
func (a *app) parts() *wire.Parts {
	return wire.New(a.settings, wire.Options{Getenv: a.getenv, Warn: a.Err, Metrics: a.metrics})
}

// traced is parts whose turns are traced as the settings say. end closes them,
// sends the traces that are left, and says which were lost.
func (a *app) traced(ctx context.Context) (parts *wire.Parts, end func(), err error) {
	tracing, endTracing, err := wire.StartTracing(ctx, a.settings, a.getenv, version(), a.metrics, a.Err)
	if err != nil {
		return nil, nil, err
	}
	parts = wire.New(a.settings, wire.Options{Getenv: a.getenv, Warn: a.Err, Metrics: a.metrics, Tracing: tracing})
	return parts, func() { parts.Close(); endTracing() }, nil
}
