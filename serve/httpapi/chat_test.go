package httpapi

import (
	"cmp"
	"encoding/json"
	"strings"
	"testing"

	"selfrag/serve"
)

func TestAnswersAreCutAtStopWordsAndTokens(t *testing.T) {
	for name, test := range map[string]struct {
		text   string
		stop   []string
		tokens int
		want   string
		finish string
	}{
		"whole":          {"Two lanes. [1]", nil, 0, "Two lanes. [1]", "stop"},
		"stop":           {"Two lanes. [1]", []string{"lanes", "Two"}, 0, "", "stop"},
		"later stop":     {"Two lanes. [1]", []string{"nowhere", " [1]"}, 0, "Two lanes.", "stop"},
		"tokens":         {"abcdefghij", nil, 2, "abcdefgh", "length"},
		"Korean tokens":  {"다리에는 차로", nil, 3, "다리에", "length"},
		"tokens enough":  {"abcd", nil, 1, "abcd", "stop"},
		"stop and token": {"abcdefgh", []string{"e"}, 1, "abcd", "stop"},
	} {
		if got, finish := bounded(test.text, test.stop, test.tokens); got != test.want || finish != test.finish {
			t.Errorf("%s: %q, %s", name, got, finish)
		}
	}
}

func TestPiecesAreTheTextWithItsCitations(t *testing.T) {
	text := strings.Repeat("다리에는 차로가 두 개 있습니다. [1] ", 5)
	var of []annotation
	runes := []rune(text)
	for i := range runes {
		if runes[i] == '[' {
			of = append(of, annotation{URL: urlCitation{Start: i, End: i + 3}})
		}
	}
	var whole string
	var found []annotation
	for _, p := range cut(text, of) {
		whole += p.text
		found = append(found, p.annotations...)
		for _, a := range p.annotations {
			if a.URL.End > len([]rune(whole)) {
				t.Errorf("a citation at %d comes before its text, at %d", a.URL.End, len([]rune(whole)))
			}
		}
	}
	if whole != text || len(found) != len(of) {
		t.Errorf("%d of %d citations; %q", len(found), len(of), whole)
	}
}

func TestTasksOfFrontEndsAreTold(t *testing.T) {
	task := func(text string) []chatMessage { return []chatMessage{{Role: "user", Content: text}} }
	for _, text := range []string{
		"### Task:\nGenerate a concise, 3-5 word title with an emoji.\n### Output:\nJSON format: {}\n### Chat History:\n<chat_history>\nUSER: hi\n</chat_history>",
		"### Task:\nSuggest 3-5 relevant follow-up questions.\n<chat_history>\nx\n</chat_history>",
		"### Task:\nGenerate 1-3 broad tags.\n### Guidelines:\n### Output:\n{}",
		"Provide a concise, 5-word-or-less title for the conversation, using title case conventions. Only return the title itself.\n\nConversation:\nUser: x",
	} {
		if !isTask(task(text)) {
			t.Errorf("not a task: %q", text)
		}
	}
	// framed returns Open WebUI's prompt for a question with documents.
	framed := func(texts, question string) string {
		return "### Task:\nRespond to the user query using the provided context.\n\n### Guidelines:\n- x\n\n### Example of Citation:\nx\n\n### Output:\nx\n\n<context>\n" +
			"<source id=\"1\" name=\"a.md\">" + texts + "</source>\n</context>\n" + question
	}
	for _, text := range []string{
		framed("The bridge has two lanes.", "\nHow many lanes?"), framed("A log: <chat_history>\nUSER: hi\n</chat_history>", "Give a concise title"),
		framed("x", "<user_query>\nHow many lanes?\n</user_query>"),
		"How many lanes has the bridge?", "Generate a summary of the leave rules", "What is a ### Task: in <chat_history>?", "회의 제목을 지어 주세요",
		"Can you provide a concise title for my essay?",
	} {
		if isTask(task(text)) {
			t.Errorf("a task: %q", text)
		}
	}
	if isTask([]chatMessage{{Role: "user", Content: "### Task:\n<chat_history>"}, {Role: "user", Content: "How many lanes?"}}) {
		t.Error("an earlier task makes the question one")
	}
}

func TestMessagesBecomeAQuestionWithItsHistory(t *testing.T) {
	var r chatRequest
	body := `{"model":"m","messages":[{"role":"system","content":"Talk like a pirate"},{"role":"user","content":"다리는?"},{"role":"assistant","content":"1931년."},
		{"role":"tool","content":"x"},{"role":"user","content":[{"type":"text","text":"How many"},{"type":"text","text":"lanes?"}]},{"role":"assistant","content":null}],
		"tools":[{"type":"function"}],"stop":"x","temperature":0.7}`
	if err := json.Unmarshal([]byte(body), &r); err != nil {
		t.Fatal(err)
	}
	q, err := r.question(serve.ModelInfo{Collection: "notes", Strategy: "cot"})
	if err != nil || q.Text != "How many\nlanes?" || len(q.History) != 1 || q.History[0].Question != "다리는?" || q.History[0].Answer != "1931년." ||
		q.Collection != "notes" || q.Strategy != "cot" || len(r.Stop) != 1 {
		t.Errorf("%+v %v %v", q, r.Stop, err)
	}
}

func TestQuestionsAreTakenOutOfTheirFrame(t *testing.T) {
	const frame = "### Task:\nRespond to the user query.\n\n### Output:\nx\n\n<context>\n<source id=\"1\">The bridge. </context> It is old.</source>\n</context>\n"
	for text, want := range map[string]string{
		frame + "\n다리에는 차로가 몇 개인가요?":                               "다리에는 차로가 몇 개인가요?",
		frame + "\n<user_query>\nHow many lanes?\n</user_query>\n": "How many lanes?",
		frame:                                   frame,
		"### Task:\nCount the lanes":            "### Task:\nCount the lanes",
		"What is <context>a</context> in HTML?": "What is <context>a</context> in HTML?",
	} {
		r := chatRequest{Messages: []chatMessage{{Role: "user", Content: text}, {Role: "user", Content: text}}}
		q, err := r.question(serve.ModelInfo{})
		if err != nil || q.Text != want || q.History[0].Question != want {
			t.Errorf("%q: asked %q after %q, %v", text, q.Text, q.History, err)
		}
	}
}

func TestImpossibleRequestsAreRefused(t *testing.T) {
	for body, param := range map[string]string{
		`{"messages":[{"role":"user","content":"x"}]}`:                                                      "model",
		`{"model":"m","messages":[]}`:                                                                       "messages",
		`{"model":"m","messages":[{"role":"owner","content":"x"}]}`:                                         "messages",
		`{"model":"m","messages":[{"role":"user","content":[{"type":"image_url"}]}]}`:                       "messages",
		`{"model":"m","n":2,"messages":[{"role":"user","content":"x"}]}`:                                    "n",
		`{"model":"m","max_tokens":0,"messages":[{"role":"user","content":"x"}]}`:                           "max_tokens",
		`{"model":"m","stop":["a","b","c","d","e"],"messages":[{"role":"user","content":"x"}]}`:             "stop",
		`{"model":"m","response_format":{"type":"json_object"},"messages":[{"role":"user","content":"x"}]}`: "response_format",
	} {
		var r chatRequest
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			t.Fatal(err)
		}
		known, ok := cmp.Or(r.check(), r.checkForm()).(*serve.Error)
		if !ok || known.Param != param {
			t.Errorf("%s: %v", body, known)
		}
	}
}

// TestRequestsAreReadAsMeant reads requests that differ from the published API
// in a way that does not matter for the answer.
func TestRequestsAreReadAsMeant(t *testing.T) {
	for name, body := range map[string]string{
		"numbers with fractions": `{"model":"m","n":1.0,"max_tokens":256.0,"max_completion_tokens":256.0,"messages":[{"role":"user","content":"다리는?"}]}`,
		"numbers as texts":       `{"model":"m","n":"1","max_tokens":"256","messages":[{"role":"user","content":"다리는?"}]}`,
		"nulls":                  `{"model":"m","n":null,"max_tokens":null,"stop":null,"response_format":null,"messages":[{"role":"user","content":"다리는?"}]}`,
		"an older picture":       `{"model":"m","messages":[{"role":"user","content":[{"type":"image_url","image_url":{}},{"type":"text","text":"?"}]},{"role":"assistant","content":"A bridge."},{"role":"user","content":"다리는?"}]}`,
		"an older tool":          `{"model":"m","messages":[{"role":"user","content":"?"},{"role":"assistant","content":null,"tool_calls":[{}]},{"role":"tool","content":[{"type":"json"}]},{"role":"user","content":"다리는?"}]}`,
		"an older role":          `{"model":"m","messages":[{"role":"ipython","content":{}},{"role":"user","content":"다리는?"}]}`,
		"parts of a response":    `{"model":"m","messages":[{"role":"user","content":[{"type":"input_text","text":"다리는?"}]}]}`,
		"bare parts":             `{"model":"m","messages":[{"role":"user","content":["다리는?"]}]}`,
	} {
		var r chatRequest
		if err := json.Unmarshal([]byte(body), &r); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		q, err := r.question(serve.ModelInfo{})
		if wrong := r.check(); err != nil || wrong != nil || q.Text != "다리는?" {
			t.Errorf("%s: asked %q, %v, %v", name, q.Text, err, wrong)
		}
		if n := r.maxTokens(); strings.HasPrefix(name, "numbers") != (n == 256) {
			t.Errorf("%s: at most %d tokens", name, n)
		}
	}
}

func FuzzChatRequest(f *testing.F) {
	f.Add(`{"model":"m","messages":[{"role":"user","content":[{"type":"text","text":"x"}]}],"stop":["a"]}`)
	f.Fuzz(func(_ *testing.T, body string) {
		var r chatRequest
		if json.Unmarshal([]byte(body), &r) == nil && r.check() == nil {
			_, _ = r.question(serve.ModelInfo{})
			_ = isTask(r.Messages)
			_ = messagesOf(r.Messages)
		}
	})
}
