package kakao

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"go.uber.org/goleak"

	"selfrag/serve/bot"
	"selfrag/serve/bot/bottest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const token = "a-token-that-is-long-enough"

type running struct {
	t        *testing.T
	desk     *bot.Desk
	url      string
	callback string // address that receives the answers
	replies  chan response
}

func start(t *testing.T, m *bottest.Model) *running {
	t.Helper()
	replies := make(chan response, 100)
	kakao := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/moved" {
			http.Redirect(w, r, "/callback", http.StatusTemporaryRedirect)
			return
		}
		var reply response
		if err := json.NewDecoder(r.Body).Decode(&reply); err != nil {
			t.Error(err)
		}
		replies <- reply
		fmt.Fprint(w, `{"taskId":"1","status":"SUCCESS","timestamp":1}`)
	}))
	t.Cleanup(kakao.Close)
	at, err := url.Parse(kakao.URL)
	if err != nil {
		t.Fatal(err)
	}
	s := &skill{
		token: token, desk: bottest.NewDesk(t, m), log: slog.New(slog.NewTextHandler(t.Output(), nil)), hosts: []string{at.Host, "kakao.com"}, client: kakao.Client(),
	}
	return &running{t, s.desk, bottest.Serve(t, s.handler(), s.desk), kakao.URL + "/callback", replies}
}

func (r *running) request(utterance, callback string) string {
	r.t.Helper()
	body, err := os.ReadFile("testdata/question.json")
	if err != nil {
		r.t.Fatal(err)
	}
	var p map[string]any
	if err := json.Unmarshal(body, &p); err != nil {
		r.t.Fatal(err)
	}
	asked := p["userRequest"].(map[string]any)
	asked["callbackUrl"] = callback
	if callback == "" {
		delete(asked, "callbackUrl")
	}
	if utterance != "" {
		asked["utterance"] = utterance
	}
	if body, err = json.Marshal(p); err != nil {
		r.t.Fatal(err)
	}
	return string(body)
}

func (r *running) send(body, token string) (int, response) {
	r.t.Helper()
	req, err := http.NewRequestWithContext(r.t.Context(), "POST", r.url+"/skill", strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if token != "" {
		req.Header.Set("X-Skill-Token", token)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		r.t.Fatal(err)
	}
	defer http.DefaultClient.CloseIdleConnections()
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		r.t.Fatal(err)
	}
	var reply response
	if resp.StatusCode == 200 {
		if err := json.Unmarshal(content, &reply); err != nil {
			r.t.Fatalf("%v: %s", err, content)
		}
	}
	return resp.StatusCode, reply
}

func (r *running) reply() response {
	r.t.Helper()
	select {
	case reply := <-r.replies:
		return reply
	case <-time.After(20 * time.Second):
		r.t.Fatal("no callback")
		return response{}
	}
}

func (r response) text() string {
	var texts []string
	if r.Template != nil {
		for _, o := range r.Template.Outputs {
			texts = append(texts, o.SimpleText.Text)
		}
	}
	return strings.Join(texts, "|")
}

func TestAnswersComeByCallback(t *testing.T) {
	m := &bottest.Model{Draft: "다리에는 차로가 두 개 있습니다 [1].", Hold: make(chan struct{})}
	r := start(t, m)
	body := r.request("", r.callback+"/1")
	begin := time.Now()
	status, reply := r.send(body, token)
	if status != 200 || !reply.UseCallback || reply.Version != "2.0" || reply.Template != nil || !strings.Contains(reply.Data["text"], "잠시만") || time.Since(begin) > 5*time.Second {
		t.Fatalf("%d %+v", status, reply)
	}
	if _, again := r.send(body, token); !again.UseCallback { // the request comes again: only one answer is sent
		t.Errorf("%+v", again)
	}
	close(m.Hold)
	reply = r.reply()
	if !strings.HasPrefix(reply.text(), "다리에는 차로가 두 개 있습니다. [1]") || reply.UseCallback || len(reply.Template.QuickReplies) != 1 || reply.Template.QuickReplies[0].MessageText != "출처 보기" {
		t.Errorf("%+v", reply)
	}
	if _, reply = r.send(r.request("출처 보기", r.callback+"/2"), token); !strings.HasPrefix(reply.text(), "[1] The bridge\n“") || reply.UseCallback {
		t.Errorf("sources: %+v", reply)
	}
	if err := r.desk.Close(t.Context()); err != nil || len(r.replies) > 0 {
		t.Errorf("%v, %d more callbacks", err, len(r.replies))
	}
}

func TestEnglishAndAbstention(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "NOT FOUND"})
	if _, reply := r.send(r.request("Who painted the lighthouse?", r.callback), token); !strings.Contains(reply.Data["text"], "One moment") {
		t.Errorf("%+v", reply)
	}
	if reply := r.reply(); reply.text() == "" || len(reply.Template.QuickReplies) != 0 {
		t.Errorf("%+v", reply)
	}
}

func TestWithoutCallbackTheAnswerComesAtOnce(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "다리에는 차로가 두 개 있습니다 [1]."})
	if _, reply := r.send(r.request("", ""), token); !strings.HasPrefix(reply.text(), "다리에는 차로가 두 개") {
		t.Errorf("%+v", reply)
	}
	m := &bottest.Model{Hold: make(chan struct{})}
	r = start(t, m)
	begin := time.Now()
	if _, reply := r.send(r.request("", ""), token); !strings.Contains(reply.text(), "콜백") || time.Since(begin) > 20*time.Second {
		t.Errorf("after %s: %+v", time.Since(begin), reply)
	}
	for utterance, want := range map[string]string{" ": "글로 입력해", strings.Repeat("가", 1001): "너무 깁니다", "출처 보기": "아직", "Show sources": "no answer yet"} {
		if _, reply := r.send(r.request(utterance, r.callback), token); !strings.Contains(reply.text(), want) || reply.UseCallback {
			t.Errorf("%.9q: %+v", utterance, reply)
		}
	}
}

func TestForgedRequestsAreRefused(t *testing.T) {
	r := start(t, &bottest.Model{Draft: "다리에는 차로가 두 개 있습니다 [1]."})
	for _, wrong := range []string{"", "x", token + "x", strings.ToUpper(token)} {
		if status, _ := r.send(r.request("", r.callback), wrong); status != 401 {
			t.Errorf("token %q: %d", wrong, status)
		}
	}
	if status, _ := r.send(`{"x":"`+strings.Repeat("x", maxBody)+`"}`, token); status != 413 {
		t.Errorf("a large body: %d", status)
	}
	for _, body := range []string{"", "no json", "{}", "[]"} {
		if status, _ := r.send(body, token); status != 400 {
			t.Errorf("%q: %d", body, status)
		}
	}
	at := strings.TrimPrefix(strings.TrimSuffix(r.callback, "/callback"), "https://")
	for _, elsewhere := range []string{
		"http://" + at + "/callback", "https://127.0.0.1/callback", "https://localhost:443/x", "https://169.254.169.254/latest", "https://evil.example/kakao.com", "https://kakao.com.evil.example/",
		"https://evilkakao.com/", "https://user@kakao.com/", "https://kakao.com@evil.example/", "https://bot-api.kakao.com:8443/", "file:///etc/passwd", "//kakao.com/x", "kakao.com", "https://[::1]/", "https:kakao.com", "\x00",
	} {
		if _, reply := r.send(r.request("", elsewhere), token); reply.UseCallback {
			t.Errorf("it would call %s", elsewhere)
		}
	}
	s := &skill{hosts: []string{"kakao.com"}}
	if to, err := s.callbackTo("https://bot-api.kakao.com/v1/bots/1/blocks/2/callback?token=3"); err != nil || !strings.HasPrefix(to, "https://bot-api.kakao.com/") {
		t.Errorf("%s %v", to, err)
	}
	// The callback server cannot redirect the answer.
	if _, reply := r.send(r.request("", strings.Replace(r.callback, "/callback", "/moved", 1)), token); !reply.UseCallback {
		t.Errorf("%+v", reply)
	}
	if err := r.desk.Close(t.Context()); err != nil || len(r.replies) > 0 {
		t.Errorf("%v, %d callbacks", err, len(r.replies))
	}
}

func TestBubblesHoldTo(t *testing.T) {
	for _, text := range []string{
		"", "짧은 답.", strings.Repeat("다리에는 차로가 두 개 있습니다. ", 50), strings.Repeat("가", 5000), strings.Repeat("🌉", 1700), strings.Repeat("word ", 230) + "end.", "a\n" + strings.Repeat("b", 999),
	} {
		r := bubbles(text)
		if n := len(r.Template.Outputs); n < 1 || n > maxBubbles {
			t.Errorf("%d bubbles", n)
		}
		joined := ""
		for _, o := range r.Template.Outputs {
			part := o.SimpleText.Text
			if n := len(utf16.Encode([]rune(part))); n == 0 || n > maxText {
				t.Errorf("a bubble has %d characters", n)
			}
			joined += part
		}
		squeezed := strings.NewReplacer(" ", "", "\n", "").Replace
		if cut := strings.HasSuffix(joined, "…"); !cut && squeezed(joined) != squeezed(text) {
			t.Errorf("%.20q lost text", text)
		} else if cut && text != "" && len(utf16.Encode([]rune(text))) <= 2*maxText {
			t.Errorf("%.20q was cut", text)
		}
	}
}
