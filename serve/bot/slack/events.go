package slack

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

	"selfrag/serve/bot"
)

// app answers events. Set its fields before the first request.
type app struct {
	secret []byte
	api    api
	desk   *bot.Desk
	log    *slog.Logger
	now    func() time.Time // nil: time.Now

	begin sync.Once
	once  bot.Once
}

func (b *app) handler() http.Handler {
	b.begin.Do(func() {
		b.once = bot.NewOnce()
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
func (b *app) events(w http.ResponseWriter, r *http.Request) {
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
// people and messages of bots, including this one, are not questions. A message
// with files, or one that is also sent to the channel, is a question if it has a
// text.
func (e event) isQuestion() bool {
	asked := e.Type == "app_mention" || e.Type == "message" && e.ChannelType == "im"
	return asked && !skipped[e.Subtype] && e.BotID == "" && e.User != "" && e.Channel != "" && e.TS != "" && question(e.Text) != ""
}

// skipped holds the subtypes of messages that are not written by a person: changes
// of messages and channels, and messages of bots
// (https://docs.slack.dev/reference/events/message).
var skipped = map[string]bool{
	"message_changed": true, "message_deleted": true, "message_replied": true, "bot_message": true, "bot_add": true, "bot_remove": true,
	"assistant_app_thread": true, "document_mention": true, "ekm_access_denied": true, "file_comment": true, "file_mention": true,
	"channel_archive": true, "channel_convert_to_private": true, "channel_join": true, "channel_leave": true, "channel_name": true,
	"channel_posting_permissions": true, "channel_purpose": true, "channel_topic": true, "channel_unarchive": true,
	"group_archive": true, "group_join": true, "group_leave": true, "group_name": true, "group_purpose": true, "group_topic": true, "group_unarchive": true,
	"huddle_thread": true, "pinned_item": true, "unpinned_item": true, "reminder_add": true, "reply_broadcast": true, "sh_room_created": true,
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
