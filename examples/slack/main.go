// Command slack answers questions in Slack from documents that `selfrag ingest`
// has ingested. It answers mentions of the bot and direct messages. An answer
// goes to the thread of its question; a thread is a conversation.
//
//	selfrag ingest docs/ --embedder none --data-dir data
//	SLACK_SIGNING_SECRET=... SLACK_BOT_TOKEN=xoxb-... \
//	    go run ./examples/slack --data-dir data --model qwen2.5-coder:1.5b --listen :3000
//
// In the app's settings, Event Subscriptions need https://HOST/slack/events and
// the bot events app_mention and message.im. The bot token needs the scopes
// app_mentions:read, im:history and chat:write. Everybody who can write to the
// bot can read the documents.
//
// request.go checks that a request is Slack's, events.go takes it, and
// answer.go writes the reply.
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
