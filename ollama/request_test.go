package ollama_test

import (
	"context"
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/ollama"
)

// TestRequests holds what is sent against testdata/requests.txt: one request a line after its name. UPDATE_GOLDEN=1 rewrites it.
func TestRequests(t *testing.T) {
	schema := json.RawMessage(`{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"string"}},"required":["b","a"]}`)
	image := llms.MessageContent{Role: llms.ChatMessageTypeHuman, Parts: []llms.ContentPart{
		llms.TextPart("What is this?"), llms.TextPart("In one word."), llms.BinaryPart("image/png", []byte("png")),
	}}
	conversation := []llms.MessageContent{
		llms.TextParts(llms.ChatMessageTypeSystem, "Be brief."),
		llms.TextParts(llms.ChatMessageTypeHuman, "1+1?"),
		llms.TextParts(llms.ChatMessageTypeAI, "2"),
		llms.TextParts(llms.ChatMessageTypeGeneric, "And 2+2?"),
		llms.TextParts(llms.ChatMessageTypeAI, "It is"),
	}
	metadata := func(schema any) llms.CallOption { return llms.WithMetadata(map[string]any{"json_schema": schema}) }
	tests := []struct {
		name     string
		cfg      ollama.Config
		messages []llms.MessageContent
		options  []llms.CallOption
	}{
		{"zero config", ollama.Config{}, human("Hello"), nil},
		{"all roles, the last one a prefill", ollama.Config{}, conversation, nil},
		{"an image", ollama.Config{}, []llms.MessageContent{image}, nil},
		{"settings of the client", ollama.Config{ContextTokens: 8192, Temperature: 0.7, Seed: -1, KeepAlive: -1, Think: true}, human("Hello"), nil},
		{"keep alive for an hour", ollama.Config{KeepAlive: time.Hour}, human("Hello"), nil},
		{"options of the call", ollama.Config{Temperature: 0.7, Seed: 3}, human("Hello"), []llms.CallOption{
			llms.WithModel("other:1b"), llms.WithMaxTokens(5), llms.WithTemperature(0), llms.WithSeed(0), llms.WithStopWords([]string{"\n", "。"}),
			llms.WithTopK(3), llms.WithTopP(0.5), llms.WithRepetitionPenalty(1.2), llms.WithFrequencyPenalty(0.1), llms.WithPresencePenalty(0.2),
		}},
		{"options replaced whole", ollama.Config{}, human("Hello"), []llms.CallOption{llms.WithOptions(llms.CallOptions{MaxTokens: 5})}},
		{"streaming", ollama.Config{}, human("Hello"), []llms.CallOption{
			llms.WithStreamingFunc(func(context.Context, []byte) error { return nil })}},
		{"json", ollama.Config{}, human("Hello"), []llms.CallOption{llms.WithJSONMode()}},
		{"json by MIME type", ollama.Config{}, human("Hello"), []llms.CallOption{llms.WithResponseMIMEType("application/json")}},
		{"schema keeps its order", ollama.Config{}, human("Hello"), []llms.CallOption{metadata(schema)}},
		{"schema as text", ollama.Config{}, human("Hello"), []llms.CallOption{metadata(string(schema))}},
		{"schema as bytes", ollama.Config{}, human("Hello"), []llms.CallOption{metadata([]byte(schema))}},
		{"schema as map, before json", ollama.Config{}, human("Hello"), []llms.CallOption{
			llms.WithJSONMode(), metadata(map[string]any{"type": "object"})}},
		{"thinking on", ollama.Config{}, human("Hello"), []llms.CallOption{
			llms.WithThinking(&llms.ThinkingConfig{Mode: llms.ThinkingModeHigh})}},
		{"thinking off", ollama.Config{Think: true}, human("Hello"), []llms.CallOption{
			llms.WithThinking(&llms.ThinkingConfig{Mode: llms.ThinkingModeNone})}},
	}
	var got strings.Builder
	for _, test := range tests {
		var sent []byte
		test.cfg.Address = newClient(t, reading(func(w http.ResponseWriter, _ *http.Request, body []byte) {
			sent = body
			say(w, done)
		})).Address()
		client := dial(t, test.cfg)
		if _, err := client.GenerateContent(t.Context(), test.messages, test.options...); err != nil {
			t.Errorf("%s: %v", test.name, err)
		}
		got.WriteString(test.name + "\n  " + string(sent) + "\n")
	}
	golden(t, "requests.txt", got.String())
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") == "1" {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with UPDATE_GOLDEN=1", err)
	}
	if got != string(want) {
		t.Errorf("%s differs; if that is meant, rewrite it with UPDATE_GOLDEN=1\ngot:\n%s\nwant:\n%s", path, got, want)
	}
}

func TestRefusedRequests(t *testing.T) {
	one := func(part llms.ContentPart) []llms.MessageContent {
		return []llms.MessageContent{{Role: llms.ChatMessageTypeHuman, Parts: []llms.ContentPart{part}}}
	}
	tests := map[string]struct {
		messages []llms.MessageContent
		options  []llms.CallOption
		want     string
	}{
		"no message":       {nil, nil, "no message"},
		"image by URL":     {one(llms.ImageURLPart("http://example.com/x.png")), nil, "an image by URL is not supported"},
		"audio":            {one(llms.BinaryPart("audio/wav", nil)), nil, `"audio/wav" is not supported`},
		"tool call":        {one(llms.ToolCall{}), nil, "llms.ToolCall is not supported"},
		"tool's answer":    {[]llms.MessageContent{{Role: llms.ChatMessageTypeTool}}, nil, `message 1: the role "tool" is not supported`},
		"unknown role":     {[]llms.MessageContent{{Role: "oracle"}}, nil, `the role "oracle" is not supported`},
		"tools":            {human("Hello"), []llms.CallOption{llms.WithTools([]llms.Tool{{}})}, "tools are not supported"},
		"two candidates":   {human("Hello"), []llms.CallOption{llms.WithN(2)}, "one answer a call"},
		"maximum length":   {human("Hello"), []llms.CallOption{llms.WithMaxLength(2)}, "llms.WithMaxTokens"},
		"schema not JSON":  {human("Hello"), []llms.CallOption{llms.WithMetadata(map[string]any{"json_schema": "{"})}, "not a JSON object"},
		"schema a list":    {human("Hello"), []llms.CallOption{llms.WithMetadata(map[string]any{"json_schema": []string{"a"}})}, "not a JSON object"},
		"schema a channel": {human("Hello"), []llms.CallOption{llms.WithMetadata(map[string]any{"json_schema": make(chan int)})}, "writing the JSON schema"},
	}
	client := newClient(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := client.GenerateContent(t.Context(), test.messages, test.options...)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
}

func TestNoModelNamed(t *testing.T) {
	client, err := ollama.New(ollama.Config{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := client.Call(t.Context(), "Hello"); err == nil || !strings.Contains(err.Error(), "no model is named") {
		t.Errorf("chat: %v", err)
	}
	if _, err := client.EmbedQuery(t.Context(), "Hello"); err == nil || !strings.Contains(err.Error(), "no embedding model is named") {
		t.Errorf("embed: %v", err)
	}
}

func TestReasoningStaysOutOfTheAnswer(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		say(w,
			`{"message":{"role":"assistant","thinking":"A greet"},"done":false}`,
			`{"message":{"role":"assistant","thinking":"ing."},"done":false}`,
			hello, done)
	})
	var reasoning, streamed, both string
	resp, err := client.GenerateContent(t.Context(), human("Hello"),
		llms.WithStreamingFunc(func(_ context.Context, chunk []byte) error { streamed += string(chunk) + "|"; return nil }),
		llms.WithStreamingReasoningFunc(func(_ context.Context, thought, chunk []byte) error {
			reasoning += string(thought)
			both += string(chunk)
			return nil
		}))
	if err != nil {
		t.Fatal(err)
	}
	choice := resp.Choices[0]
	if choice.Content != "Hello" || choice.ReasoningContent != "A greeting." || choice.StopReason != "stop" {
		t.Errorf("got %+v", choice)
	}
	if streamed != "Hel|lo|" || reasoning != "A greeting." || both != "Hello" {
		t.Errorf("streamed %q, %q, %q", streamed, reasoning, both)
	}
	info := choice.GenerationInfo
	if info["PromptTokens"] != 7 || info["CompletionTokens"] != 3 || info["TotalTokens"] != 10 ||
		info["PromptEvalDuration"] != int64(5) || info["DoneReason"] != "stop" {
		t.Errorf("got %v", info)
	}
}
