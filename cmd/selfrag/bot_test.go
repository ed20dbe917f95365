package main

import (
	"bufio"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/server"
	"selfrag/serve/bot"
	"selfrag/serve/bot/slack"
)

// TestBotsAnswerAsTheServerDoes sends a signed event of Slack to a bot over the
// parts of the settings. It asks the model only if their strategy does.
func TestBotsAnswerAsTheServerDoes(t *testing.T) {
	posts := make(chan string, 1)
	theirs := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var m struct{ Text string }
		if err := json.NewDecoder(r.Body).Decode(&m); err != nil {
			t.Error(err)
		}
		posts <- m.Text
		fmt.Fprint(w, `{"ok":true}`)
	}))
	defer theirs.Close()
	const answer, quote = "The bridge has two lanes. [1]", ": “The bridge has two lanes.”"
	for _, strategy := range []string{"self-rag", "extractive"} {
		model := newBridgeModel(t)
		a := newServedApp(t, model)
		a.settings.Strategy, a.settings.Answerable = strategy, 0
		address, stop := startBot(t, a, theirs.URL)
		post(t, address+"/slack/events", `{"type":"event_callback","team_id":"T","event":{"type":"app_mention","user":"U","text":"<@B> How many lanes has the bridge?","channel":"C","ts":"`+strategy+`"}}`)
		select {
		case got := <-posts:
			if !strings.HasPrefix(got, answer) || !strings.Contains(got, quote) {
				t.Errorf("%s: got %q", strategy, got)
			}
		case <-time.After(30 * time.Second):
			t.Errorf("%s: no reply", strategy)
		}
		if asked := model.calls.Load() > 0; asked != (strategy == "self-rag") {
			t.Errorf("%s: the model was asked: %t", strategy, asked)
		}
		stop()
	}
}

const slackSecret = "8f742231b10e8888abcd99yyyzzz85a5"

// startBot starts a Slack bot. stop ends it and waits for its end.
func startBot(t *testing.T, a *app, api string) (address string, stop func()) {
	t.Helper()
	reader, writer := io.Pipe()
	own := a.with(a.settings)
	own.Err = writer
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- server.RunBot(ctx, own.server(), server.Bot{Protocol: "slack", Listen: "127.0.0.1:0", Handler: func(d *bot.Desk, log *slog.Logger) http.Handler {
			return slack.Handler(slack.Config{SigningSecret: slackSecret, BotToken: "xoxb-test", APIURL: api}, d, log)
		}}, nil)
		_ = writer.Close()
	}()
	lines := bufio.NewScanner(reader)
	for address == "" && lines.Scan() {
		var line struct{ Msg, Address string }
		if json.Unmarshal(lines.Bytes(), &line) == nil && line.Msg == "listening" {
			address = line.Address
		}
	}
	if address == "" {
		t.Fatalf("the bot did not start: %v", <-done)
	}
	go func() { _, _ = io.Copy(io.Discard, reader) }()
	return address, func() {
		cancel()
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
}

// post sends a request as Slack signs it.
func post(t *testing.T, url, body string) {
	t.Helper()
	at := strconv.FormatInt(time.Now().Unix(), 10)
	mac := hmac.New(sha256.New, []byte(slackSecret))
	mac.Write([]byte("v0:" + at + ":" + body))
	req, err := http.NewRequestWithContext(t.Context(), "POST", url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("X-Slack-Request-Timestamp", at)
	req.Header.Set("X-Slack-Signature", "v0="+hex.EncodeToString(mac.Sum(nil)))
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Fatalf("the event was answered by %s", resp.Status)
	}
}
