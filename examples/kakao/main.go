// Command kakao is a skill server for the chatbot of a KakaoTalk channel (Kakao
// i open builder). It answers from documents that `selfrag ingest` has
// ingested. A user's chat with a bot is a conversation.
//
//	selfrag ingest docs/ --embedder none --data-dir data
//	KAKAO_SKILL_TOKEN=... go run ./examples/kakao --data-dir data --model qwen2.5-coder:1.5b --listen :3001
//
// The chatbot's settings need a skill with the URL https://HOST/skill and a
// header X-Skill-Token with the token. They also need a fallback block that
// uses the skill, answers with its data, and has the callback turned on, which
// Kakao grants to AI chatbots. Without the callback an answer must come within
// 5 seconds.
//
// Kakao does not sign its requests. Only the token distinguishes them from
// others, so make it long (openssl rand -hex 32) and let only https reach this
// program.
//
// skill.go takes requests, callback.go sends answers later, and reply.go has
// the format of both.
package main

import (
	"errors"
	"log/slog"
	"net/http"
	"os"
	"time"

	"selfrag/examples/chatbot"
)

func main() { chatbot.Main("kakao", "127.0.0.1:3001", prepare) }

func prepare(cfg *chatbot.Config) (func(*chatbot.Desk, *slog.Logger) http.Handler, error) {
	s := &skill{token: os.Getenv("KAKAO_SKILL_TOKEN")}
	if len(s.token) < 16 {
		return nil, errors.New("set KAKAO_SKILL_TOKEN to at least 16 characters, and the same in the skill's header X-Skill-Token")
	}
	cfg.Time = answerTime - 10*time.Second // the agent ends in time to report what it found
	return func(desk *chatbot.Desk, log *slog.Logger) http.Handler {
		s.desk, s.log = desk, log
		return s.handler()
	}, nil
}
