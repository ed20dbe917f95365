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

// envelope is a request of Slack: https://docs.slack.dev/apis/events-api
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

// events acknowledges an event at once, because Slack waits only 3 seconds. The
// answer is written afterwards.
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
		_, _ = w.Write([]byte(e.Challenge)) // Slack repeats the request
		return
	}
	if e.Type != "event_callback" || !e.Event.isQuestion() {
		return // status 200: nothing to do
	}
	// A mention in a direct message comes as two events, and Slack repeats an
	// event that was not acknowledged in time. Each message gets one answer.
	id := e.TeamID + " " + e.Event.Channel + " " + e.Event.TS
	if !b.once.First(id) {
		return
	}
	if !b.desk.Go(func(ctx context.Context) { b.answer(ctx, e) }) {
		b.once.Forget(id)
		http.Error(w, "busy", http.StatusServiceUnavailable) // Slack repeats the event
	}
}

// isQuestion reports whether a person asks the bot something. Messages between
// people and messages of bots, including this one, are not questions.
func (e event) isQuestion() bool {
	asked := e.Type == "app_mention" || e.Type == "message" && e.ChannelType == "im"
	return asked && e.Subtype == "" && e.BotID == "" && e.User != "" && e.Channel != "" && e.TS != "" && question(e.Text) != ""
}

// thread returns the thread for the answer: the message's thread, or a new one
// under the message.
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

// question returns the typed text without mentions and Slack's marks.
func question(text string) string {
	text = userMark.ReplaceAllString(text, " ")
	text = labelMark.ReplaceAllString(text, "$1")
	text = plainMark.ReplaceAllString(text, "$1")
	return strings.TrimSpace(entities.Replace(text))
}
