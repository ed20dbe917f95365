// Package slack answers questions in Slack: mentions of the bot and direct
// messages. An answer goes to the thread of its question; a thread is a
// conversation.
//
// In the app's settings, Event Subscriptions need https://HOST/slack/events and
// the bot events app_mention and message.im. The bot token needs the scopes
// app_mentions:read, im:history and chat:write. Everybody who can write to the
// bot can read the documents.
//
// request.go checks that a request comes from Slack, events.go handles it, and
// answer.go writes the reply.
package slack

import (
	"log/slog"
	"net/http"

	"selfrag/serve/bot"
)

// Config holds the secrets of a Slack app. The app's settings show them.
type Config struct {
	SigningSecret string // secret with which Slack signs its requests
	BotToken      string // token (xoxb-...) with which replies are posted
	// APIURL is the address of Slack's Web API; default https://slack.com/api. Only
	// tests set it.
	APIURL string
}

// Handler returns the handler of Slack's requests.
func Handler(cfg Config, desk *bot.Desk, log *slog.Logger) http.Handler {
	b := &app{secret: []byte(cfg.SigningSecret), api: api{token: cfg.BotToken, url: cfg.APIURL}, desk: desk, log: log}
	return b.handler()
}
