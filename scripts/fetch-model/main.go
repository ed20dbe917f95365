// Command fetch-model brings an embedder or reranker into a folder of models, as
// `selfrag models pull` does, and compiles in seconds, since it needs nothing
// beyond Go's own library. It is for the scripts beside it.
//
//	go run ./scripts/fetch-model [-from FILE] FOLDER NAME
//
// The model comes from Hugging Face (HF_ENDPOINT names a mirror, HF_TOKEN a
// token), or with -from out of a folder or a file on this machine. Exit codes:
// 0 done, 1 failed, 2 wrong usage, 3 Hugging Face cannot be reached.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"selfrag/internal/models"
)

// A host that does not answer costs seconds: there is another source.
const (
	dialTime = 3 * time.Second
	patience = 10 * time.Second
)

func main() { os.Exit(run(os.Args[1:])) }

func run(args []string) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	flags := flag.NewFlagSet("fetch-model", flag.ContinueOnError)
	from := flags.String("from", "", "folder or file on this machine that holds the model")
	if err := flags.Parse(args); err != nil || flags.NArg() != 2 {
		fmt.Fprintln(os.Stderr, "usage: fetch-model [-from FILE] FOLDER NAME")
		return 2
	}
	err := fetch(ctx, flags.Arg(0), flags.Arg(1), *from)
	if err == nil {
		return 0
	}
	fmt.Fprintln(os.Stderr, "error:", err)
	if hub := (*models.UnreachableError)(nil); errors.As(err, &hub) {
		return 3
	}
	return 1
}

func fetch(ctx context.Context, dir, name, from string) error {
	store := models.NewStore(models.Config{
		Dir: dir, Endpoint: os.Getenv("HF_ENDPOINT"), Token: os.Getenv("HF_TOKEN"), Patience: patience,
		Transport: &http.Transport{
			Proxy:               http.ProxyFromEnvironment,
			DialContext:         (&net.Dialer{Timeout: dialTime}).DialContext,
			TLSHandshakeTimeout: dialTime,
			ForceAttemptHTTP2:   true,
		},
	})
	if from != "" {
		return store.Import(ctx, name, from)
	}
	m, err := models.Find(name)
	if err != nil {
		return err
	}
	return store.Pull(ctx, m, nil)
}
