package slack

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/retrieval/text"
	"selfrag/serve/bot"
)

const (
	// maxText is the length of a message that Slack recommends.
	maxText = 4000
	// maxQuote is the maximum length of a quotation.
	maxQuote = 300
	attempts = 3
)

func (b *app) answer(ctx context.Context, e envelope) {
	asked := question(e.Event.Text)
	a, err := b.desk.Ask(ctx, e.TeamID+" "+e.Event.Channel+" "+e.Event.thread(), asked)
	reply := render(a)
	if err != nil {
		b.log.Error("a question was not answered", "error", err)
		reply = "Sorry, this cannot be answered right now. Please ask again later."
		if text.Language(asked) == "ko" {
			reply = "지금은 답변할 수 없습니다. 잠시 후 다시 질문해 주십시오."
		}
	}
	// The user gets a reply even while the program shuts down.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 30*time.Second)
	defer cancel()
	if err := b.api.post(ctx, e.Event.Channel, e.Event.thread(), reply); err != nil {
		b.log.Error("an answer was not delivered", "error", err)
	}
}

// escape makes text of a document or a model plain data for Slack: it cannot
// mention anybody or link to anything.
// https://docs.slack.dev/messaging/formatting-message-text
func escape(text string) string {
	return strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;").Replace(text)
}

// render returns the text of an answer with its sources and their quotations
// below it.
func render(a agent.Answer) string {
	text := escape(shorten(bot.WithNote(a), maxText/2))
	for _, c := range a.Citations {
		source := fmt.Sprintf("\n[%d] %s: “%s”", c.N, escape(cmp.Or(c.Title, c.Source)), escape(shorten(strings.Join(strings.Fields(c.Quote), " "), maxQuote)))
		if len([]rune(text+source)) > maxText {
			break
		}
		text += source
	}
	return text
}

func shorten(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most-1]) + "…"
}

// api is a client of Slack's Web API.
type api struct {
	token  string
	url    string // https://slack.com/api, except in tests
	client *http.Client
}

// post writes a message into a thread. It waits and retries if Slack asks for
// that.
func (s api) post(ctx context.Context, channel, thread, text string) error {
	body, err := json.Marshal(map[string]any{
		"channel": channel, "thread_ts": thread, "text": text,
		// The message is plain text: no emphasis, no names that become
		// mentions, no previews of links.
		"mrkdwn": false, "parse": "none", "link_names": false, "unfurl_links": false, "unfurl_media": false,
	})
	if err != nil {
		return err
	}
	for range attempts {
		var wait time.Duration
		if wait, err = s.postOnce(ctx, body); wait == 0 {
			return err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return errors.Join(err, ctx.Err())
		}
	}
	return err
}

// postOnce sends a message once. It returns the wait before another try, or 0
// if a retry makes no sense.
func (s api) postOnce(ctx context.Context, body []byte) (again time.Duration, err error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, cmp.Or(s.url, "https://slack.com/api")+"/chat.postMessage", bytes.NewReader(body))
	if err != nil {
		return 0, err
	}
	req.Header.Set("Content-Type", "application/json; charset=utf-8")
	req.Header.Set("Authorization", "Bearer "+s.token)
	resp, err := cmp.Or(s.client, http.DefaultClient).Do(req)
	if err != nil {
		return time.Second, fmt.Errorf("post to Slack: %w", err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(io.LimitReader(resp.Body, maxBody))
	var said struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	switch {
	case err != nil:
		return 0, fmt.Errorf("post to Slack: %w", err) // Slack may have posted it
	case resp.StatusCode == http.StatusTooManyRequests:
		seconds, _ := strconv.Atoi(resp.Header.Get("Retry-After"))
		return time.Duration(max(1, seconds)) * time.Second, errors.New("post to Slack: it asks for fewer messages")
	case resp.StatusCode >= http.StatusInternalServerError:
		return time.Second, fmt.Errorf("post to Slack: %s", resp.Status)
	case json.Unmarshal(content, &said) != nil:
		return 0, fmt.Errorf("post to Slack: %s, and the answer is not JSON", resp.Status)
	case !said.OK:
		return 0, fmt.Errorf("post to Slack: %s", said.Error)
	}
	return 0, nil
}
