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
	"errors"
	"log/slog"
	"net/http"
	"os"

	"selfrag/examples/chatbot"
)

func main() { chatbot.Main("slack", "127.0.0.1:3000", prepare) }

func prepare(*chatbot.Config) (func(*chatbot.Desk, *slog.Logger) http.Handler, error) {
	b := &bot{secret: []byte(os.Getenv("SLACK_SIGNING_SECRET")), api: api{token: os.Getenv("SLACK_BOT_TOKEN")}}
	if len(b.secret) == 0 || b.api.token == "" {
		return nil, errors.New("set SLACK_SIGNING_SECRET and SLACK_BOT_TOKEN: the app's settings show them")
	}
	return func(desk *chatbot.Desk, log *slog.Logger) http.Handler {
		b.desk, b.log = desk, log
		return b.handler()
	}, nil
}
