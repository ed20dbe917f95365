package chatbot

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"
)

// Prepare checks what a bot needs besides the flags, its keys first, and may
// change the configuration. It returns a function that makes the handler of the
// service's requests once the desk is open.
type Prepare func(*Config) (func(*Desk, *slog.Logger) http.Handler, error)

// Main is the main function of a bot. It parses the flags, listens on the given
// address unless a flag names another, and serves until it receives a signal.
// It exits with code 1 after an error.
func Main(name, listen string, prepare Prepare) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, listen, prepare)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, address string, prepare Prepare) error {
	var cfg Config
	flag.StringVar(&address, "listen", address, "address that the service's requests come to")
	flag.StringVar(&cfg.DataDir, "data-dir", ".", "folder of the store")
	flag.StringVar(&cfg.Collection, "collection", "default", "collection to answer from")
	flag.StringVar(&cfg.Model, "model", "qwen2.5-coder:1.5b", "language model in Ollama")
	flag.Parse()
	handler, err := prepare(&cfg)
	if err != nil {
		return err
	}
	desk, err := Open(ctx, cfg)
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", address, err), desk.Close(ctx))
	}
	log := slog.New(slog.NewJSONHandler(os.Stderr, nil))
	log.Info("listening", "address", listener.Addr().String())
	return Serve(ctx, listener, handler(desk, log), desk, time.Minute)
}
