package main

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"time"

	"selfrag/examples/chatbot"
)

// bot answers events. Set its fields before the first request.
type bot struct {
	secret []byte
	api    api
	desk   *chatbot.Desk
	log    *slog.Logger
	now    func() time.Time // nil: time.Now

	begin sync.Once
	once  chatbot.Once
}

func (b *bot) handler() http.Handler {
	b.begin.Do(func() {
		b.once = chatbot.NewOnce()
		if b.now == nil {
			b.now = time.Now
		}
	})
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/events", b.events)
	mux.HandleFunc("GET /healthz", func(http.ResponseWriter, *http.Request) {})
	return mux
}

// envelope is what Slack sends: https://docs.slack.dev/apis/events-api
type envelope struct {
	Type      string `json:"type"`
	Challenge string `json:"challenge"`
	TeamID    string `json:"team_id"`
	Event     event  `json:"event"`
}

type event struct {
	Type        string `json:"type"`
	Subtype     string `json:"subtype"`
	BotID       string `json:"bot_id"`
	User        string `json:"user"`
	Text        string `json:"text"`
	Channel     string `json:"channel"`
	ChannelType string `json:"channel_type"`
	TS          string `json:"ts"`
	ThreadTS    string `json:"thread_ts"`
}

// events acknowledges an event at once, as Slack waits for 3 seconds only, and
// has it answered afterwards.
func (b *bot) events(w http.ResponseWriter, r *http.Request) {
	body, err := read(w, r, b.secret, b.now())
	var large *http.MaxBytesError
	switch {
	case errors.As(err, &large):
		http.Error(w, "too large", http.StatusRequestEntityTooLarge)
		return
	case errors.Is(err, errForged):
		b.log.Warn("a request was refused", "error", err)
		http.Error(w, "unauthorized", http.StatusUnauthorized)
		return
	case err != nil:
		http.Error(w, "broken off", http.StatusBadRequest)
		return
	}
	var e envelope
	if err := json.Unmarshal(body, &e); err != nil {
		http.Error(w, "no JSON", http.StatusBadRequest)
		return
	}
	if e.Type == "url_verification" {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = w.Write([]byte(e.Challenge)) // Slack asks again
		return
	}
	if e.Type != "event_callback" || !e.Event.isQuestion() {
		return // 200: there is nothing to do
	}
	// A mention in a direct message comes as two events, and what was not
	// acknowledged in time comes again: each message has one answer.
	id := e.TeamID + " " + e.Event.Channel + " " + e.Event.TS
	if !b.once.First(id) {
		return
	}
	if !b.desk.Go(func(ctx context.Context) { b.answer(ctx, e) }) {
		b.once.Forget(id)
		http.Error(w, "busy", http.StatusServiceUnavailable) // Slack sends it again
	}
}

// isQuestion tells what people ask of the bot from what they say to each
// other, and from what bots say, itself among them.
func (e event) isQuestion() bool {
	asked := e.Type == "app_mention" || e.Type == "message" && e.ChannelType == "im"
	return asked && e.Subtype == "" && e.BotID == "" && e.User != "" && e.Channel != "" && e.TS != "" && question(e.Text) != ""
}

// thread is where the answer goes: the message's thread, or one that begins
// with it.
func (e event) thread() string {
	if e.ThreadTS != "" {
		return e.ThreadTS
	}
	return e.TS
}

var (
	userMark  = regexp.MustCompile(`<[@!][^>]*>`)         // <@U123>, <!channel>
	labelMark = regexp.MustCompile(`<[^|<>]+\|([^<>]*)>`) // <https://a.b|label>, <#C1|name>
	plainMark = regexp.MustCompile(`<([^<>|]+)>`)         // <https://a.b>
	entities  = strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&")
)

// question is what was typed: without mentions and Slack's marks.
func question(text string) string {
	text = userMark.ReplaceAllString(text, " ")
	text = labelMark.ReplaceAllString(text, "$1")
	text = plainMark.ReplaceAllString(text, "$1")
	return strings.TrimSpace(entities.Replace(text))
}
