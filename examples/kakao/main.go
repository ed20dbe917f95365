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
	cfg.Time = answerTime - 10*time.Second // the agent ends in time to say what it found
	return func(desk *chatbot.Desk, log *slog.Logger) http.Handler {
		s.desk, s.log = desk, log
		return s.handler()
	}, nil
}
