// Command slack answers questions in Slack from documents that were taken in
// with `selfrag ingest`: where the bot is mentioned, and in direct messages. An
// answer goes to the thread of its question; a thread is a conversation.
//
//	selfrag ingest docs/ --embedder none --data-dir data
//	SLACK_SIGNING_SECRET=... SLACK_BOT_TOKEN=xoxb-... \
//	    go run ./examples/slack --data-dir data --model qwen2.5-coder:1.5b --listen :3000
//
// In the app's settings, Event Subscriptions get https://HOST/slack/events and
// the bot events app_mention and message.im; the bot token has the scopes
// app_mentions:read, im:history and chat:write. Whoever can write to the bot
// reads the documents.
//
// request.go tells Slack's requests from others', events.go takes them, and
// answer.go writes the replies.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"os"
	"os/signal"
	"syscall"
	"time"

	"selfrag/examples/chatbot"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "slack:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	listen := flag.String("listen", "127.0.0.1:3000", "address that Slack's requests come to")
	dataDir := flag.String("data-dir", ".", "folder of the store")
	collection := flag.String("collection", "default", "collection to answer from")
	model := flag.String("model", "qwen2.5-coder:1.5b", "language model in Ollama")
	flag.Parse()
	b := &bot{secret: []byte(os.Getenv("SLACK_SIGNING_SECRET")), api: api{token: os.Getenv("SLACK_BOT_TOKEN")}}
	if len(b.secret) == 0 || b.api.token == "" {
		return errors.New("set SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN: the app's settings show them")
	}
	desk, err := chatbot.Open(ctx, chatbot.Config{DataDir: *dataDir, Collection: *collection, Model: *model})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", *listen, err), desk.Close(ctx))
	}
	b.desk, b.log = desk, slog.New(slog.NewJSONHandler(os.Stderr, nil))
	b.log.Info("listening", "address", listener.Addr().String())
	return chatbot.Serve(ctx, listener, b.handler(), desk, time.Minute)
}
