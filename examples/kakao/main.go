// Command kakao is a skill server of a KakaoTalk channel's chatbot (Kakao i
// open builder): it answers from documents that were taken in with `selfrag
// ingest`. A user's chat with a bot is a conversation.
//
//	selfrag ingest docs/ --embedder none --data-dir data
//	KAKAO_SKILL_TOKEN=... go run ./examples/kakao --data-dir data --model qwen2.5-coder:1.5b --listen :3001
//
// In the chatbot's settings: a skill with the URL https://HOST/skill and a header
// X-Skill-Token with the token; a fallback block that uses the skill, answers
// with its data, and has the callback turned on, which Kakao grants to AI
// chatbots. Without the callback an answer must be there within 5 seconds.
//
// Kakao does not sign its requests. The token is all that tells them from
// others': make it long (openssl rand -hex 32), and let nothing but https
// reach this program.
//
// skill.go takes requests, callback.go sends answers afterwards, and reply.go
// has the form of both.
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
		fmt.Fprintln(os.Stderr, "kakao:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	listen := flag.String("listen", "127.0.0.1:3001", "address that Kakao's requests come to")
	dataDir := flag.String("data-dir", ".", "folder of the store")
	collection := flag.String("collection", "default", "collection to answer from")
	model := flag.String("model", "qwen2.5-coder:1.5b", "language model in Ollama")
	flag.Parse()
	s := &skill{token: os.Getenv("KAKAO_SKILL_TOKEN")}
	if len(s.token) < 16 {
		return errors.New("set KAKAO_SKILL_TOKEN to at least 16 characters, and the same in the skill's header X-Skill-Token")
	}
	// The agent ends in time to say what it found.
	desk, err := chatbot.Open(ctx, chatbot.Config{DataDir: *dataDir, Collection: *collection, Model: *model, Time: answerTime - 10*time.Second})
	if err != nil {
		return err
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", *listen)
	if err != nil {
		return errors.Join(fmt.Errorf("listen on %s: %w", *listen, err), desk.Close(ctx))
	}
	s.desk, s.log = desk, slog.New(slog.NewJSONHandler(os.Stderr, nil))
	s.log.Info("listening", "address", listener.Addr().String())
	return chatbot.Serve(ctx, listener, s.handler(), desk, time.Minute)
}
