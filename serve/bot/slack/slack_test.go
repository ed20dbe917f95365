package slack

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/agent"
	"selfrag/serve/bot"
	"selfrag/serve/bot/bottest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const secret = "8f742231b10e8888abcd99yyyzzz85a5"

// at is the time at which the requests in testdata were recorded.
var at = time.Unix(1763844105, 0)

// message is a message that the bot posts.
type message struct {
	Channel     string `json:"channel"`
	Thread      string `json:"thread_ts"`
	Text        string `json:"text"`
	Mrkdwn      bool   `json:"mrkdwn"`
	UnfurlLinks bool   `json:"unfurl_links"`
}

// slack receives the bot's posts. It refuses the first ones with the given
// statuses.
func slack(t *testing.T, refuse ...int) (*httptest.Server, chan message) {
	t.Helper()
	posts := make(chan message, 100)
	refusals := make(chan int, len(refuse))
	for _, status := range refuse {
		refusals <- status
	}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case status := <-refusals:
			w.Header().Set("Retry-After", "1")
			w.WriteHeader(status)
			return
		default:
		}
		var m message
		if r.URL.Path != "/chat.postMessage" || r.Header.Get("Authorization") != "Bearer xoxb-test" || json.NewDecoder(r.Body).Decode(&m) != nil {
			t.Errorf("a post is wrong: %s %s", r.URL, r.Header)
		}
		posts <- m
		fmt.Fprint(w, `{"ok":true}`)
	}))
	t.Cleanup(server.Close)
	return server, posts
}

type running struct {
	t     *testing.T
	desk  *bot.Desk
	url   string
	posts chan message
}

func start(t *testing.T, m *bottest.Model, refuse ...int) *running {
	t.Helper()
	theirs, posts := slack(t, refuse...)
	client := &http.Client{Transport: &http.Transport{}}
	b := &app{
		secret: []byte(secret), api: api{"xoxb-test", theirs.URL, client}, desk: bottest.NewDesk(t, m),
		log: slog.New(slog.NewTextHandler(t.Output(), nil)), now: func() time.Time { return at },
	}
	t.Cleanup(client.CloseIdleConnections)
	return &running{t, b.desk, bottest.Serve(t, b.handler(), b.desk), posts}
}

// send sends a recorded event with its signature. change, if not nil, alters
// the request after signing.
func (r *running) send(name string, change func(*http.Request)) (status int, answer string) {
	r.t.Helper()
	body, err := os.ReadFile("testdata/" + name + ".json")
	if err != nil {
		r.t.Fatal(err)
	}
	return r.sendBody(body, change)
}

func (r *running) sendBody(body []byte, change func(*http.Request)) (status int, answer string) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.url+"/slack/events", strings.NewReader(string(body)))
	if err != nil {
		r.t.Fatal(err)
	}
	stamp := strconv.FormatInt(at.Unix(), 10)
	req.Header.Set("Content-Type", "application/json")
	req.Header.Set("X-Slack-Request-Timestamp", stamp)
	req.Header.Set("X-Slack-Signature", sign([]byte(secret), stamp, body))
	if change != nil {
		change(req)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	http.DefaultClient.CloseIdleConnections()
	return resp.StatusCode, string(content)
}

func (r *running) post() message {
	r.t.Helper()
	select {
	case m := <-r.posts:
		return m
	case <-time.After(20 * time.Second):
		r.t.Fatal("nothing was posted")
		return message{}
	}
}

// finish ends the bot and checks that it has posted nothing more.
func (r *running) finish() {
	r.t.Helper()
	if err := r.desk.Close(r.t.Context()); err != nil {
		r.t.Error(err)
	}
	select {
	case m := <-r.posts:
		r.t.Errorf("posted too: %+v", m)
	default:
	}
}

// TestSignaturesAreSlacks uses the example in Slack's own documentation.
func TestSignaturesAreSlacks(t *testing.T) {
	const body = "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA" +
		"&user_name=roadrunner&command=%2Fwebhook-collect&text=&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN" +
		"&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
	if got := sign([]byte(secret), "1531420618", []byte(body)); got != "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503" {
		t.Error(got)
	}
}

func TestMentionsAreAnsweredInTheirThread(t *testing.T) {
	m := &bottest.Model{Draft: "The bridge has two lanes [1].", Hold: make(chan struct{}), Drafting: make(chan string, 10)}
	r := start(t, m)
	begin := time.Now()
	if status, _ := r.send("mention", nil); status != 200 || time.Since(begin) > 3*time.Second {
		t.Fatalf("status %d after %s", status, time.Since(begin))
	}
	if prompt := <-m.Drafting; !strings.Contains(prompt, "How many lanes has the bridge, <roughly>?") {
		t.Errorf("it asks: %s", prompt)
	}
	// Slack sends the same event again, as if the first had not been
	// acknowledged.
	if status, _ := r.send("mention", func(req *http.Request) { req.Header.Set("X-Slack-Retry-Num", "1") }); status != 200 {
		t.Errorf("a retry: status %d", status)
	}
	close(m.Hold)
	got := r.post()
	if got.Channel != "C0LAN2Q65" || got.Thread != "1763844000.000100" || got.Mrkdwn || got.UnfurlLinks ||
		!strings.HasPrefix(got.Text, "The bridge has two lanes. [1]\n[1] The bridge: “The bridge has two lanes.") {
		t.Errorf("%+v", got)
	}
	if status, _ := r.send("reply", nil); status != 200 {
		t.Fatal(status)
	}
	if got := r.post(); got.Thread != "1763844000.000100" {
		t.Errorf("%+v", got)
	}
	r.finish()
}

func TestDirectMessagesInKorean(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "NOT FOUND"})
	if status, _ := r.send("direct", nil); status != 200 {
		t.Fatal(status)
	}
	if got := r.post(); got.Channel != "D024BE91L" || got.Thread != "1763844100.000300" || !strings.Contains(got.Text, "문서") {
		t.Errorf("%+v", got)
	}
	r.finish()
}

func TestWhatIsNoQuestionGetsNoAnswer(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "The bridge has two lanes [1]."})
	for _, name := range []string{"own", "edited", "talk"} {
		if status, _ := r.send(name, nil); status != 200 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, challenge := r.send("verification", nil); status != 200 || challenge != "3eZbrw1aBm2rZgRNFdxV2595E9CY3gmdALWMmHkvFXO7tYXAYM8P" {
		t.Errorf("%d %s", status, challenge)
	}
	r.finish()
}

func TestForgedRequestsAreRefused(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "The bridge has two lanes [1]."})
	signed := func(stamp string) func(*http.Request) {
		return func(req *http.Request) {
			body, _ := req.GetBody()
			content, _ := io.ReadAll(body)
			req.Header.Set("X-Slack-Request-Timestamp", stamp)
			req.Header.Set("X-Slack-Signature", sign([]byte(secret), stamp, content))
		}
	}
	stamped := func(age time.Duration) string { return strconv.FormatInt(at.Add(-age).Unix(), 10) }
	for name, change := range map[string]func(*http.Request){
		"no signature": func(req *http.Request) { req.Header.Del("X-Slack-Signature") },
		"no timestamp": func(req *http.Request) { req.Header.Del("X-Slack-Request-Timestamp") },
		"wrong secret": func(req *http.Request) { req.Header.Set("X-Slack-Signature", sign([]byte("other"), stamped(0), nil)) },
		"other body": func(req *http.Request) {
			req.Body = io.NopCloser(strings.NewReader(`{"type":"x"}`))
			req.ContentLength = 12
		},
		"other timestamp": func(req *http.Request) { req.Header.Set("X-Slack-Request-Timestamp", stamped(time.Second)) },
		"stale":           signed(stamped(window + time.Second)),
		"of the future":   signed(stamped(-window - time.Second)),
		"no number":       signed("now"),
	} {
		if status, _ := r.send("mention", change); status != 401 {
			t.Errorf("%s: %d", name, status)
		}
	}
	if status, _ := r.sendBody([]byte(`{"type":"`+strings.Repeat("x", maxBody)+`"}`), nil); status != 413 {
		t.Errorf("a large body: %d", status)
	}
	if status, _ := r.sendBody([]byte("no json"), nil); status != 400 {
		t.Errorf("no JSON: %d", status)
	}
	r.finish()
}

func TestPostsComeAgainWhenSlackIsBusy(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "The bridge has two lanes [1]."}, 429, 503)
	if status, _ := r.send("mention", nil); status != 200 {
		t.Fatal(status)
	}
	if got := r.post(); !strings.Contains(got.Text, "two lanes") {
		t.Errorf("%+v", got)
	}
	r.finish()
}

// TestTooManyQuestionsComeAgain: a question that cannot be accepted is refused,
// so that Slack sends it again, and it is accepted then.
func TestTooManyQuestionsComeAgain(t *testing.T) {
	m := &bottest.Model{Draft: "The bridge has two lanes [1].", Hold: make(chan struct{})}
	r := start(t, m)
	template, err := os.ReadFile("testdata/mention.json")
	if err != nil {
		t.Fatal(err)
	}
	nth := func(n int) []byte {
		return []byte(strings.ReplaceAll(string(template), "000100", fmt.Sprintf("%06d", n)))
	}
	for n := range 4 { // two in slots and two waiting
		if status, _ := r.sendBody(nth(n), nil); status != 200 {
			t.Fatalf("question %d: %d", n, status)
		}
	}
	if status, _ := r.sendBody(nth(4), nil); status != 503 {
		t.Errorf("one too many: %d", status)
	}
	close(m.Hold)
	for range 4 {
		r.post()
	}
	for status := 0; status != 200; {
		status, _ = r.sendBody(nth(4), nil) // a task ends shortly after its post
	}
	r.post()
	r.finish()
}

func TestTextOfAnswersIsData(t *testing.T) {
	got := render(agent.Answer{Text: "<!channel> & <https://evil.example|here> [1]", Citations: []agent.Citation{{N: 1, Source: "<b>.md", Quote: "a\n\n<@U1>"}}})
	if want := "&lt;!channel&gt; &amp; &lt;https://evil.example|here&gt; [1]\n[1] &lt;b&gt;.md: “a &lt;@U1&gt;”"; got != want {
		t.Errorf("%q", got)
	}
	long := render(agent.Answer{Text: strings.Repeat("가", 5000), Citations: make([]agent.Citation, 500)})
	if n := len([]rune(long)); n > maxText {
		t.Errorf("%d characters", n)
	}
}

// TestQuestionsByTheirSubtype checks that only known subtypes are skipped, since
// Slack adds new ones.
func TestQuestionsByTheirSubtype(t *testing.T) {
	for subtype, want := range map[string]bool{
		"": true, "file_share": true, "thread_broadcast": true, "me_message": true, "one_of_tomorrow": true,
		"message_changed": false, "message_deleted": false, "bot_message": false, "channel_join": false, "huddle_thread": false,
	} {
		e := event{Type: "message", ChannelType: "im", Subtype: subtype, User: "U1", Channel: "D1", TS: "1.2", Text: "다리에는 차로가 몇 개 있습니까?"}
		if got := e.isQuestion(); got != want {
			t.Errorf("%q: got %t", subtype, got)
		}
	}
}
