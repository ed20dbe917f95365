// Package kakao is a skill server for the chatbot of a KakaoTalk channel (Kakao
// i open builder). A user's chat with a bot is a conversation.
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
package kakao

import (
	"log/slog"
	"net/http"
	"time"

	"selfrag/serve/bot"
)

// AnswerTime is the maximum time that the agent may take for an answer. It ends 10
// seconds before the reply must be sent, so that the agent can still report what it
// has found.
const AnswerTime = answerTime - 10*time.Second

// ShortestToken is the minimum length of a token in bytes. Nobody can guess 16 random
// characters.
const ShortestToken = 16

// Handler returns the handler for the requests of a skill. token is the value that
// their header X-Skill-Token must have.
func Handler(token string, desk *bot.Desk, log *slog.Logger) http.Handler {
	return (&skill{token: token, desk: desk, log: log}).handler()
}
