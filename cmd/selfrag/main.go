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
	"selfrag/metrics"
	"selfrag/trace"
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

	settings config.Settings
	metrics  *metrics.Metrics // nil unless they are asked for
	labelled *labelledPrompts
	tracing  *trace.Tracing // nil outside of commands that answer questions
	// embedders are shared by those who open the same one; nil: nobody shares.
	embedders map[string]embedder
	// standIn says that sentences of the documents answer where no language model
	// can be reached, so that none is waited for.
	standIn bool
}
