package main

import (
	"encoding/json"
	"strings"
	"testing"
)

// product is a request of the form that a chat product sends.
type product struct {
	name string
	body string
	// want holds texts that the answer contains.
	want []string
	// task means that the language model answers without the documents.
	task bool
	// refused names the parameter that is refused. If it is empty, the status is
	// 200.
	refused string
}

// products returns requests of chat products. The fields and the beginnings of
// the prompts are those that the products' published code sends.
func products() []product {
	const (
		lanes     = "The bridge has two lanes"
		cited     = `"url_citation"`
		title     = "Bridge lanes"
		done      = "data: [DONE]"
		usage     = `"total_tokens"`
		exchanges = `{"role":"user","content":"Is there a bridge?"},{"role":"assistant","content":"Yes, there is one."},`
		question  = `{"role":"user","content":"How many lanes has the bridge?"}`
		picture   = `{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}`
		schema    = `"response_format":{"type":"json_schema","json_schema":{"name":"t","strict":true,"schema":{"type":"object","properties":{"title":{"type":"string"}},"required":["title"],"additionalProperties":false}}}`
	)
	return []product{
		{name: "Open WebUI asks", want: []string{lanes, cited, done, usage},
			body: `{"stream":true,"model":"self-rag/notes","messages":[{"role":"system","content":"You are helpful."},` + exchanges + question + `],"stream_options":{"include_usage":true},"temperature":0.8,"top_p":0.9,"max_tokens":2048.0,"seed":0,"function_calling":"native","user":{"name":"Kim","id":"u1","email":"kim@example.org","role":"user"}}`},
		{name: "Open WebUI asks in Korean", want: []string{"다리에는 차로가 두 개 있습니다.", cited, done},
			body: `{"stream":true,"model":"self-rag/notes","messages":[{"role":"user","content":[{"type":"text","text":"다리에는 차로가 몇 개 있나요?"}]}],"metadata":{"chat_id":"c1","features":{"web_search":false}},"tool_ids":[],"files":null}`},
		{name: "Open WebUI asks beside texts of its own", want: []string{lanes, cited},
			body: `{"stream":false,"model":"self-rag/notes","messages":[{"role":"user","content":"### Task:\nRespond with citations.\n\n<context>\n<source id=\"1\">A log with <chat_history></source>\n</context>\n\nHow many lanes has the bridge?"}]}`},
		{name: "Open WebUI wants a title", task: true, want: []string{title},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":"### Task:\nGenerate a concise, 3-5 word title.\n### Chat History:\n<chat_history>\nUSER: lanes?\n</chat_history>"}],"stream":false,"max_completion_tokens":1000,"metadata":{"task":"title_generation","chat_id":null}}`},
		{name: "Open WebUI wants tags", task: true, want: []string{title},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":"### Task:\nGenerate 1-3 broad tags for the conversation.\n### Chat History:\n<chat_history>\nUSER: 차로?\n</chat_history>"}],"stream":false}`},
		{name: "Open WebUI wants search queries", task: true, want: []string{title},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":"### Task:\nAnalyze the conversation and write queries.\n### Chat History:\n<chat_history>\nUSER: lanes?\n</chat_history>"}],"stream":false}`},
		{name: "LibreChat asks", want: []string{lanes, cited, done, usage},
			body: `{"model":"self-rag/notes","messages":[{"role":"system","content":""},` + exchanges + question + `],"stream":true,"stream_options":{"include_usage":true},"user":"64ff0c0a","n":1,"temperature":1,"presence_penalty":0,"frequency_penalty":0,"stop":["||>"]}`},
		{name: "LibreChat asks after a picture", want: []string{lanes, cited},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":[{"type":"text","text":"And this?"},` + picture + `]},{"role":"assistant","content":[{"type":"text","text":"A photo."}]},` + question + `]}`},
		{name: "LibreChat wants a title", task: true, want: []string{title},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":"Provide a concise, 5-word-or-less title for the talk.\n\nConversation:\nUser: lanes?\nAI: two"}],"stream":false,"max_tokens":75}`},
		{name: "LibreChat wants a title as JSON", task: true, want: []string{title},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":"Analyze this conversation and provide:\n1. The detected language\n2. A title\n\nUser: lanes?\nAI: two"}],` + schema + `}`},
		{name: "LobeChat asks", want: []string{lanes, cited, done, usage},
			body: `{"messages":[{"content":"You are LobeChat.","role":"system"},` + question + `],"model":"self-rag/notes","stream":true,"stream_options":{"include_usage":true},"temperature":1,"top_p":1,"presence_penalty":0,"frequency_penalty":0,"user":"did:key:z6"}`},
		{name: "LobeChat wants a title", task: true, want: []string{title, done},
			body: `{"messages":[{"content":"You are a professional conversation summarizer. Generate a concise title for it.","role":"system"},{"content":"user: lanes?\nassistant: two","role":"user"}],"model":"self-rag/notes","stream":true}`},
		{name: "LobeChat wants a title as JSON", task: true, want: []string{title},
			body: `{"messages":[{"content":"You are a professional conversation summarizer. Generate a concise title for it.","role":"system"},{"content":"<conversation>\n<user>\n차로?\n</user>\n</conversation>","role":"user"}],"model":"self-rag/notes",` + schema + `}`},
		{name: "NextChat asks", want: []string{lanes, cited, done},
			body: `{"messages":[{"role":"system","content":"\nYou are ChatGPT, a model.\nCurrent time: today\n"},` + exchanges + question + `],"stream":true,"model":"self-rag/notes","temperature":0.5,"presence_penalty":0,"frequency_penalty":0,"top_p":1}`},
		{name: "NextChat asks after a tool", want: []string{lanes, cited},
			body: `{"messages":[{"role":"user","content":"time?"},{"role":"assistant","tool_calls":[{"id":"1","type":"function","function":{"name":"f","arguments":"{}"}}]},{"role":"tool","content":"12:00","tool_call_id":"1"},` + question + `],"stream":false,"model":"self-rag/notes","tools":[]}`},
		{name: "NextChat wants a title", task: true, want: []string{title},
			body: `{"messages":[` + exchanges + `{"role":"user","content":"Please generate a four to five word title summarizing our conversation without a lead-in."}],"stream":false,"model":"self-rag/notes","temperature":0.5,"top_p":1}`},
		{name: "NextChat wants a summary", task: true, want: []string{title, done},
			body: `{"messages":[` + exchanges + `{"role":"system","content":"Summarize the discussion briefly in 200 words or less to go on with."}],"stream":true,"model":"self-rag/notes"}`},
		{name: "Continue asks", want: []string{lanes, cited, done, usage},
			body: `{"messages":[{"role":"system","content":"You are in chat mode."},{"role":"user","content":[{"type":"text","text":"How many lanes has the bridge?"}]}],"model":"self-rag/notes","max_tokens":4096,"stream":true,"stream_options":{"include_usage":true},"tools":[{"type":"function","function":{"name":"read_file","parameters":{"type":"object","properties":{}}}}],"parallel_tool_calls":false}`},
		{name: "Continue wants a title", task: true, want: []string{title},
			body: `{"messages":[{"role":"user","content":"Given the following... please reply with a title for the chat of 3-4 words.\n\nTwo lanes."}],"model":"self-rag/notes","max_tokens":16,"stream":false}`},
		{name: "any product with a model for its tasks", task: true, want: []string{title},
			body: `{"model":"plain/notes","messages":[{"role":"user","content":"대화의 제목을 지어 주십시오."}],"response_format":{"type":"json_object"}}`},
		{name: "a person wants a title", want: []string{cited},
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":"Which title has the text about lanes of the bridge?"}]}`},
		{name: "a picture in the last turn", refused: "messages",
			body: `{"model":"self-rag/notes","messages":[{"role":"user","content":[{"type":"text","text":"What is this?"},` + picture + `]}]}`},
		{name: "a question with a schema", refused: "response_format",
			body: `{"model":"self-rag/notes","messages":[` + question + `],` + schema + `}`},
	}
}

// TestProductsAreAnswered sends the requests of chat products to a server.
func TestProductsAreAnswered(t *testing.T) {
	m := newBridgeModel(t)
	m.reply = func(system, user string) (string, bool) {
		answers := strings.Contains(system, "numbered passages") || strings.Contains(system, "complete in itself")
		return `{"title":"Bridge lanes"}`, !answers
	}
	s := startServer(t, newServedApp(t, m))
	for _, p := range products() {
		t.Run(p.name, func(t *testing.T) {
			resp, body := s.call("POST", "/v1/chat/completions", "", p.body)
			if p.refused != "" {
				refusal := decodeJSON[struct {
					Error struct{ Type, Param string }
				}](t, body)
				if resp.StatusCode != 400 || refusal.Error.Param != p.refused || refusal.Error.Type != "invalid_request_error" {
					t.Errorf("%d %s", resp.StatusCode, body)
				}
				return
			}
			if resp.StatusCode != 200 {
				t.Fatalf("%d %s\n%s", resp.StatusCode, body, s.log)
			}
			text := written(t, body)
			for _, want := range p.want {
				if !strings.Contains(body, want) && !strings.Contains(text, want) {
					t.Errorf("no %s in %s", want, body)
				}
			}
			if strings.Contains(body, `"selfrag"`) == p.task {
				t.Errorf("a task: %v, answered %s", p.task, body)
			}
		})
	}
}

// written returns the text of a chat completion or of its chunks.
func written(t *testing.T, body string) string {
	t.Helper()
	type completion struct {
		Choices []struct{ Message, Delta struct{ Content string } }
	}
	var whole completion
	if json.Unmarshal([]byte(body), &whole) == nil {
		return whole.Choices[0].Message.Content
	}
	var text strings.Builder
	for line := range strings.Lines(body) {
		data, is := strings.CutPrefix(strings.TrimSpace(line), "data: ")
		if !is || data == "[DONE]" {
			continue
		}
		for _, c := range decodeJSON[completion](t, data).Choices {
			text.WriteString(c.Delta.Content)
		}
	}
	return text.String()
}
