package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/cmd/selfrag/internal/config"
	"selfrag/cmd/selfrag/internal/measure"
	"selfrag/serve/keys"
)

// withArms returns an app that divides questions between arms and writes traces
// to a file.
func withArms(t *testing.T, arms string, tenants ...string) *app {
	t.Helper()
	return newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) {
		s.Arms = arms
		s.Tracing.File = filepath.Join(t.TempDir(), "traces.jsonl")
	}, tenants...)
}

// armed is the part of an answer about its arm.
type armed struct {
	ID, Arm, Strategy string
}

// askFor asks a question and checks that header, arm and strategy agree. who
// holds more fields of the request, such as `"user":"u"`.
func (s *liveServer) askFor(key, who string) armed {
	s.t.Helper()
	if who != "" {
		who = "," + who
	}
	resp, body := s.call("POST", "/api/v1/ask", key, `{"question":"How many lanes has the bridge?"`+who+`}`)
	if resp.StatusCode != http.StatusOK {
		s.t.Fatalf("%s: %d %s\n%s", who, resp.StatusCode, body, s.log)
	}
	a := decodeJSON[armed](s.t, body)
	if a.Arm != "" && a.Arm != a.Strategy || a.Arm != resp.Header.Get("X-Selfrag-Arm") {
		s.t.Errorf("%s: arm %q, strategy %q, header %q", who, a.Arm, a.Strategy, resp.Header.Get("X-Selfrag-Arm"))
	}
	return a
}

func user(i int) string { return fmt.Sprintf(`"user":"사용자 %d"`, i) }

func TestArmsStickToUsers(t *testing.T) {
	s := startServer(t, withArms(t, "self-rag=50,two-stage=50"))
	s.contract = openContract(t)
	seen := map[string]int{}
	for i := range 16 {
		first := s.askFor("", user(i)).Arm
		seen[first]++
		if again := s.askFor("", user(i)+fmt.Sprintf(`,"session":"s%d"`, i)).Arm; again != first {
			t.Errorf("user %d has %s, then, in a session, %s", i, first, again)
		}
		if i > 3 {
			continue
		}
		_, events := s.call("POST", "/api/v1/ask", "", `{"question":"How many lanes has the bridge?","stream":true,`+user(i)+`}`)
		_, end, _ := strings.Cut(events, "event: answer\n")
		if !strings.Contains(end, fmt.Sprintf(`"arm":%q`, first)) {
			t.Errorf("user %d has %s, and the stream ends with %s", i, first, end)
		}
		for _, stream := range []string{"false", "true"} {
			resp, body := s.call("POST", "/v1/chat/completions", "",
				`{"model":"default/notes","stream":`+stream+`,`+user(i)+`,"messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
			if resp.StatusCode != http.StatusOK || resp.Header.Get("X-Selfrag-Arm") != first || !strings.Contains(body, fmt.Sprintf(`"arm":%q`, first)) {
				t.Errorf("user %d has %s, and a chat completion %q: %s", i, first, resp.Header.Get("X-Selfrag-Arm"), body)
			}
		}
	}
	if len(seen) != 2 {
		t.Errorf("16 users have %v", seen)
	}
	// Open WebUI sends its user in a header.
	for i := range 16 {
		req, err := http.NewRequestWithContext(t.Context(), "POST", s.url+"/v1/chat/completions",
			strings.NewReader(`{"model":"default","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Content-Type", "application/json")
		req.Header.Set("X-OpenWebUI-User-Id", fmt.Sprintf("user-%d", i))
		resp, body := s.do(req, "")
		if want := s.askFor("", fmt.Sprintf(`"user":"user-%d"`, i)).Arm; resp.Header.Get("X-Selfrag-Arm") != want {
			t.Errorf("user %d of Open WebUI has not %s: %v %s", i, want, resp.Header, body)
		}
	}
}

func TestArmsStickToSessionsAndKeys(t *testing.T) {
	s := startServer(t, withArms(t, "self-rag=50,two-stage=50"))
	s.contract = openContract(t)
	seen := map[string]int{}
	for i := range 16 {
		session := fmt.Sprintf(`"session":"talk-%d"`, i)
		first := s.askFor("", session).Arm
		seen[first]++
		if again := s.askFor("", session).Arm; again != first {
			t.Errorf("session %d has %s, then %s", i, first, again)
		}
		if _, kept := s.call("GET", fmt.Sprintf("/api/v1/sessions/talk-%d", i), "", ""); strings.Count(kept, fmt.Sprintf(`"arm":%q`, first)) != 2 {
			t.Errorf("session %d has %s, and its history %s", i, first, kept)
		}
	}
	if len(seen) != 2 {
		t.Errorf("16 sessions have %v", seen)
	}
	// Without a key nothing is known of the asker, so each question gets an arm
	// of its own.
	seen = map[string]int{}
	for range 40 {
		if seen[s.askFor("", "").Arm]++; len(seen) == 2 {
			break
		}
	}
	if len(seen) != 2 {
		t.Errorf("40 questions of nobody have %v", seen)
	}
	seen = map[string]int{}
	for range 40 {
		key := s.key(keys.Key{})
		first := s.askFor(key, "").Arm
		if again := s.askFor(key, "").Arm; again != first {
			t.Errorf("a key has %s, then %s", first, again)
		}
		mcp := mustConnectMCP(t, overHTTP(s, key), "")
		if out, _ := mcp.call("ask", map[string]any{"question": "How many lanes has the bridge?"}); out["arm"] != first || out["strategy"] != first {
			t.Errorf("a key has %s, and over MCP %v", first, out)
		}
		if seen[first]++; len(seen) == 2 {
			break
		}
	}
	if len(seen) != 2 {
		t.Errorf("40 keys have %v", seen)
	}
}

func TestArmsOfTenantsAreApart(t *testing.T) {
	s := startServer(t, withArms(t, "self-rag=50,two-stage=50", "harbour"))
	one, other := s.key(keys.Key{}), s.key(keys.Key{Tenant: "harbour"})
	differ := 0
	for i := range 24 {
		if s.askFor(one, user(i)).Arm != s.askFor(other, user(i)).Arm {
			differ++
		}
	}
	if differ == 0 || differ == 24 {
		t.Errorf("%d of 24 users of the same name have another arm in another tenant", differ)
	}
}

func TestNamedStrategiesHaveNoArm(t *testing.T) {
	s := startServer(t, withArms(t, "self-rag=50,two-stage=50"))
	s.contract = openContract(t)
	if a := s.askFor("", user(1)+`,"strategy":"two-stage"`); a.Arm != "" || a.Strategy != "two-stage" {
		t.Errorf("%+v", a)
	}
	resp, body := s.call("POST", "/v1/chat/completions", "", `{"model":"two-stage/notes","user":{"id":1},"messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
	if resp.StatusCode != http.StatusOK || resp.Header.Get("X-Selfrag-Arm") != "" || strings.Contains(body, `"arm"`) {
		t.Errorf("%v %s", resp.Header, body)
	}
	if resp, body := s.call("POST", "/api/v1/ask", "", `{"question":"lanes?","user":"`+strings.Repeat("가", 257)+`"}`); resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, `"user"`) {
		t.Errorf("a long user: %d %s", resp.StatusCode, body)
	}

	// Without arms the default model uses the strategy of the settings.
	s = startServer(t, newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) { s.Strategy = "two-stage" }))
	s.contract = openContract(t)
	if a := s.askFor("", user(1)); a.Arm != "" || a.Strategy != "two-stage" {
		t.Errorf("%+v", a)
	}
	for _, model := range []string{"default", "default/notes"} {
		resp, body := s.call("POST", "/v1/chat/completions", "", `{"model":"`+model+`","messages":[{"role":"user","content":"How many lanes has the bridge?"}]}`)
		if resp.StatusCode != http.StatusOK || !strings.Contains(body, `"strategy":"two-stage"`) || !strings.Contains(body, `"model":"`+model+`"`) {
			t.Errorf("%s: %d %s", model, resp.StatusCode, body)
		}
	}
	if _, body := s.call("GET", "/v1/models", "", ""); strings.Count(body, `"default/notes"`) != 1 {
		t.Errorf("models: %s", body)
	}
}

// TestArmsFromQuestionToVerdict lets users ask and give thumbs, and compares
// the arms by the server's logs.
func TestArmsFromQuestionToVerdict(t *testing.T) {
	a := withArms(t, "self-rag=50,two-stage=50")
	s := startServer(t, a)
	s.contract = openContract(t)
	questions, ups := map[string]int{}, map[string]int{}
	for i := range 12 {
		answer := s.askFor("", user(i))
		questions[answer.Arm]++
		thumb := "down"
		if answer.Arm == "two-stage" {
			thumb = "up"
			ups[answer.Arm]++
		}
		if resp, body := s.call("POST", "/api/v1/feedback", "", fmt.Sprintf(`{"answer":%q,"thumb":%q}`, answer.ID, thumb)); resp.StatusCode != http.StatusNoContent {
			t.Fatal(body)
		}
	}
	named := s.askFor("", `"strategy":"cot"`)
	if resp, body := s.call("POST", "/api/v1/feedback", "", fmt.Sprintf(`{"answer":%q,"thumb":"up"}`, named.ID)); resp.StatusCode != http.StatusNoContent {
		t.Fatal(body)
	}
	_, counted := s.call("GET", "/metrics", "", "")
	says(t, counted, `selfrag_feedback_total{arm="none",thumb="up"} 1`)
	for arm, n := range questions {
		says(t, counted, fmt.Sprintf(`selfrag_arm_questions_total{arm=%q,outcome="answered"} %d`, arm, n), fmt.Sprintf(`selfrag_arm_question_seconds_count{arm=%q,outcome="answered"} %d`, arm, n))
	}
	says(t, counted, fmt.Sprintf(`selfrag_feedback_total{arm="two-stage",thumb="up"} %d`, ups["two-stage"]))
	s.stop()
	<-s.done

	logged := filepath.Join(a.settings.DataDir, "feedback.jsonl")
	lines, err := os.ReadFile(logged)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Count(string(lines), `"experiment":"default"`) != 12 || strings.Count(string(lines), `"unit":"user-`) != 12 || strings.Contains(string(lines), "사용자") {
		t.Errorf("feedback: %s", lines)
	}
	stdout, stderr := command(t, exitDone, "ab", "--from-traces", logged, a.settings.Tracing.File)
	says(t, stdout, "A: self-rag\nB: two-stage\n", "thumbs_up", "abstained", "seconds", "1 thumbs on answers outside", "(two-stage)")
	if stderr != "" {
		t.Errorf("told: %s", stderr)
	}
	report := filepath.Join(t.TempDir(), "r.json")
	stdout, _ = command(t, exitDone, "ab", "--from-traces", logged, "--from-traces", a.settings.Tracing.File, "--a", "two-stage", "--b", "self-rag", "--json", "--report", report)
	written, err := os.ReadFile(report)
	if err != nil || string(written) != stdout {
		t.Errorf("the report is not what is printed: %v", err)
	}
	r := decodeJSON[measure.OnlineReport](t, stdout)
	if d, ok := r.Find("thumbs_up"); !ok || d.A != 1 || d.B != 0 || d.UnitsA != questions["two-stage"] || r.Experiment != "default" || r.Outside != 1 || r.Both != 0 {
		t.Errorf("%+v", r)
	}
	if d, ok := r.Find("seconds"); !ok || d.A <= 0 || d.UnitsB != questions["self-rag"] {
		t.Errorf("%+v", r)
	}
}
