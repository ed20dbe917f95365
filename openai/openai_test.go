package openai_test

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"
	"go.uber.org/goleak"

	"selfrag/openai"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "sk-secret-123"

func TestRequestFollowsThePublishedSchema(t *testing.T) {
	c, s := start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost || r.URL.Path != "/v1/chat/completions" || r.Header.Get("Authorization") != "Bearer "+key {
			t.Errorf("got %s %s %v", r.Method, r.URL, r.Header)
		}
		send(200, whole)(0, w, r)
	})
	messages := []llms.MessageContent{
		llms.TextParts(llms.ChatMessageTypeSystem, "Be brief."),
		llms.TextParts(llms.ChatMessageTypeHuman, "누가?", "Who?"),
		llms.TextParts(llms.ChatMessageTypeAI, "Ana."),
		{Role: llms.ChatMessageTypeHuman, Parts: []llms.ContentPart{llms.TextPart("And this?"), llms.BinaryPart("image/png", []byte("png"))}},
	}
	resp, err := c.GenerateContent(t.Context(), messages, llms.WithMaxTokens(9), llms.WithTemperature(0), llms.WithSeed(3),
		llms.WithStopWords([]string{"\n"}), llms.WithRepetitionPenalty(1), llms.WithJSONMode(),
		llms.WithMetadata(map[string]any{"json_schema": json.RawMessage(`{"type":"object","additionalProperties":false}`)}))
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"model": "m", "max_tokens": 9.0, "temperature": 0.0, "seed": 3.0, "stop": []any{"\n"}, "repetition_penalty": 1.0,
		"response_format": map[string]any{"type": "json_schema", "json_schema": map[string]any{
			"name": "answer", "strict": true, "schema": map[string]any{"type": "object", "additionalProperties": false}}},
		"messages": []any{
			map[string]any{"role": "system", "content": "Be brief."},
			map[string]any{"role": "user", "content": "누가?\nWho?"},
			map[string]any{"role": "assistant", "content": "Ana."},
			map[string]any{"role": "user", "content": []any{
				map[string]any{"type": "text", "text": "And this?"},
				map[string]any{"type": "image_url", "image_url": map[string]any{"url": "data:image/png;base64,cG5n"}},
			}},
		},
	}
	if got := s.asked()[0]; !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	choice := resp.Choices[0]
	info := map[string]any{"Model": "m-2026", "PromptTokens": 40, "CompletionTokens": 7, "TotalTokens": 47, "PromptCachedTokens": 32, "ReasoningTokens": 4}
	if choice.Content != "답 [1]." || choice.ReasoningContent != "Let me see." || choice.StopReason != "stop" || !reflect.DeepEqual(choice.GenerationInfo, info) {
		t.Errorf("got %+v", choice)
	}
}

func TestStream(t *testing.T) {
	for name, thought := range map[string]string{"as vLLM names it": "reasoning_content", "as Ollama names it": "reasoning"} {
		t.Run(name, func(t *testing.T) {
			c, s := start(t, events(
				`{"model":"m","choices":[{"delta":{"role":"assistant","content":"","`+thought+`":"Hm"},"finish_reason":null}]}`,
				`{"choices":[{"delta":{"content":"Ana "},"finish_reason":null}]}`,
				`{"choices":[{"delta":{"content":"Ruiz"},"finish_reason":"length"}]}`,
				`{"choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3}}`, `[DONE]`))
			var pieces []string
			resp, err := c.GenerateContent(t.Context(), human("Who?"), llms.WithStreamingFunc(func(_ context.Context, b []byte) error {
				pieces = append(pieces, string(b))
				return nil
			}))
			if err != nil {
				t.Fatal(err)
			}
			got := resp.Choices[0]
			if !slices.Equal(pieces, []string{"Ana ", "Ruiz"}) || got.Content != "Ana Ruiz" || got.ReasoningContent != "Hm" || got.StopReason != "length" {
				t.Errorf("got %q, %+v", pieces, got)
			}
			if got.GenerationInfo["PromptTokens"] != 5 || got.GenerationInfo["PromptCachedTokens"] != nil {
				t.Errorf("got %v", got.GenerationInfo)
			}
			if body := s.asked()[0]; body["stream"] != true || !reflect.DeepEqual(body["stream_options"], map[string]any{"include_usage": true}) {
				t.Errorf("asked %v", body)
			}
		})
	}
	t.Run("a server that does not stream", func(t *testing.T) {
		c, _ := start(t, send(200, whole))
		var got string
		resp, err := c.GenerateContent(t.Context(), human("Who?"), llms.WithStreamingFunc(func(_ context.Context, b []byte) error {
			got += string(b)
			return nil
		}))
		if err != nil || got != "답 [1]." || resp.Choices[0].Content != got {
			t.Errorf("got %q, %v", got, err)
		}
	})
	t.Run("broken off", func(t *testing.T) {
		c, s := start(t, events(`{"choices":[{"delta":{"content":"Ana "}}]}`))
		resp, err := c.GenerateContent(t.Context(), human("Who?"), llms.WithStreamingFunc(func(context.Context, []byte) error { return nil }))
		if !errors.Is(err, openai.ErrUnfinished) || resp != nil || len(s.asked()) != 1 {
			t.Errorf("got %v, %v after %d requests", resp, err, len(s.asked()))
		}
	})
	t.Run("stopped by its reader", func(t *testing.T) {
		c, _ := start(t, events(`{"choices":[{"delta":{"content":"Ana "}}]}`, `{"choices":[{"delta":{"content":"Ruiz"},"finish_reason":"stop"}]}`))
		enough := errors.New("enough")
		_, err := c.GenerateContent(t.Context(), human("Who?"), llms.WithStreamingFunc(func(context.Context, []byte) error { return enough }))
		if !errors.Is(err, enough) {
			t.Errorf("got %v", err)
		}
	})
}

func TestNextToken(t *testing.T) {
	c, s := start(t, send(200, `{"choices":[{"message":{"content":"Yes"},"finish_reason":"length","logprobs":{"content":[{"token":"Yes","logprob":-0.1,
"top_logprobs":[{"token":"Yes","logprob":-0.1},{"token":" No","logprob":-2.5}]}]}}],"usage":{"prompt_tokens":12,"completion_tokens":1}}`))
	probs, n, err := c.NextToken(t.Context(), human("Wet?"))
	if err != nil || n != 12 || len(probs) != 2 || math.Abs(probs["Yes"]-math.Exp(-0.1)) > 1e-9 || math.Abs(probs[" No"]-math.Exp(-2.5)) > 1e-9 {
		t.Errorf("got %v, %d, %v", probs, n, err)
	}
	if b := s.asked()[0]; b["logprobs"] != true || b["top_logprobs"] != 20.0 || b["max_tokens"] != 1.0 || b["stream"] != nil {
		t.Errorf("asked %v", b)
	}
}

func TestServerWithoutProbabilities(t *testing.T) {
	t.Run("refused", func(t *testing.T) {
		c, s := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
			if n == 1 {
				send(403, `{"error":{"message":"You are not allowed to request logprobs from this model","type":"invalid_request_error"}}`)(n, w, r)
				return
			}
			send(200, whole)(n, w, r)
		})
		for range 3 {
			if probs, _, err := c.NextToken(t.Context(), human("Wet?")); err != nil || len(probs) != 0 {
				t.Errorf("got %v, %v", probs, err)
			}
		}
		if got := s.asked(); len(got) != 2 || got[1]["top_logprobs"] != nil {
			t.Errorf("asked %v", got)
		}
	})
	t.Run("left out", func(t *testing.T) {
		c, s := start(t, send(200, whole))
		for range 5 {
			if probs, _, err := c.NextToken(t.Context(), human("Wet?")); err != nil || len(probs) != 0 {
				t.Errorf("got %v, %v", probs, err)
			}
		}
		if len(s.asked()) != 3 {
			t.Errorf("asked %d times", len(s.asked()))
		}
	})
}

func TestFieldsThatTheServerRefuses(t *testing.T) {
	for name, test := range map[string]struct {
		refusal    string
		gone, kept []string
	}{
		"a newer name": {`{"error":{"message":"Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.","code":"unsupported_parameter"}}`,
			[]string{"max_tokens"}, []string{"max_completion_tokens", "temperature"}},
		"temperature": {`{"error":{"message":"Unsupported value: 'temperature' does not support 0 with this model.","code":"unsupported_value"}}`,
			[]string{"temperature"}, []string{"max_tokens"}},
		"schema": {`{"error":{"message":"response_format is not supported by this model"}}`,
			[]string{"response_format"}, []string{"max_tokens"}},
		"penalty": {`{"error":{"message":"Unrecognized request argument supplied: repetition_penalty"}}`,
			[]string{"repetition_penalty"}, []string{"temperature"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, s := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
				if n == 1 {
					send(400, test.refusal)(n, w, r)
					return
				}
				send(200, whole)(n, w, r)
			})
			for range 2 {
				if _, err := c.GenerateContent(t.Context(), human("Who?"), llms.WithMaxTokens(5), llms.WithRepetitionPenalty(1), llms.WithJSONMode()); err != nil {
					t.Fatal(err)
				}
			}
			asked := s.asked()
			if len(asked) != 3 {
				t.Fatalf("asked %d times, not once more than twice", len(asked))
			}
			for _, body := range asked[1:] {
				for _, f := range test.gone {
					if body[f] != nil {
						t.Errorf("%s was sent again", f)
					}
				}
				for _, f := range test.kept {
					if body[f] == nil {
						t.Errorf("%s is missing", f)
					}
				}
			}
		})
	}
}

func TestErrors(t *testing.T) {
	as := func(target any) func(error) bool { return func(err error) bool { return errors.As(err, target) } }
	for name, test := range map[string]struct {
		status int
		body   string
		is     func(error) bool
		says   string
	}{
		"OpenAI, too long": {400, `{"error":{"message":"This model's maximum context length is 8192 tokens.","type":"invalid_request_error","code":"context_length_exceeded"}}`,
			as(new(*openai.ContextError)), "shorten it"},
		"vLLM, too long": {400, `{"object":"error","message":"This model's maximum context length is 4096 tokens. However, you requested 5000 tokens","type":"BadRequestError","code":400}`,
			as(new(*openai.ContextError)), "shorten it"},
		"llama.cpp, too long": {400, `{"error":{"code":400,"message":"request (4390 tokens) exceeds the available context size (4096 tokens), try increasing it","type":"exceed_context_size_error"}}`,
			as(new(*openai.ContextError)), "shorten it"},
		"llama.cpp once, too long": {500, `{"error":{"code":500,"message":"Context size has been exceeded.","type":"server_error"}}`,
			as(new(*openai.ContextError)), "shorten it"},
		"key":          {401, `{"error":{"message":"Incorrect API key provided: ` + key + `","code":"invalid_api_key"}}`, as(new(*openai.KeyError)), "set OPENAI_API_KEY"},
		"model":        {404, `{"error":{"message":"The model 'm' does not exist","code":"model_not_found"}}`, as(new(*openai.ModelMissingError)), "/v1/models lists"},
		"page":         {404, `404 page not found`, as(new(*openai.ServerError)), "404 Not Found"},
		"request":      {400, `{"error":{"message":"messages must alternate"}}`, as(new(*openai.ServerError)), "messages must alternate"},
		"busy":         {429, `{"error":{"message":"slow down"}}`, as(new(*openai.UnreachableError)), "try again later"},
		"broken":       {502, `<html>`, as(new(*openai.UnreachableError)), "try again later"},
		"empty answer": {200, `{"choices":[]}`, as(new(*openai.ServerError)), "no choice"},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := start(t, send(test.status, test.body))
			resp, err := c.GenerateContent(t.Context(), human("Who?"))
			if err == nil || resp != nil || !test.is(err) || !strings.Contains(err.Error(), test.says) || strings.Contains(err.Error(), key) {
				t.Errorf("got %v: %T, %v", resp, err, err)
			}
			var fits interface{ ContextExceeded() bool }
			if long := strings.HasSuffix(name, "too long"); errors.As(err, &fits) != long {
				t.Errorf("a context that is exceeded: %t, want %t", !long, long)
			}
		})
	}
	t.Run("too long, told amid a stream", func(t *testing.T) {
		c, _ := start(t, events(`{"error":{"code":400,"message":"the request exceeds the available context size","type":"exceed_context_size_error"}}`))
		_, err := c.GenerateContent(t.Context(), human("Who?"), llms.WithStreamingFunc(func(context.Context, []byte) error { return nil }))
		if tooLong := (*openai.ContextError)(nil); !errors.As(err, &tooLong) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("nobody there", func(t *testing.T) {
		_, err := dial(t, openai.Config{Address: "http://127.0.0.1:1/v1", Tries: 1}).Call(t.Context(), "Who?")
		if gone := (*openai.UnreachableError)(nil); !errors.As(err, &gone) || !strings.Contains(err.Error(), "http://127.0.0.1:1 cannot be used") {
			t.Errorf("got %v", err)
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		c, _ := start(t, func(_ int, w http.ResponseWriter, r *http.Request) {
			cancel()
			<-r.Context().Done()
		})
		if _, err := c.GenerateContent(ctx, human("Who?")); !errors.Is(err, context.Canceled) {
			t.Errorf("got %v", err)
		}
	})
	t.Run("tried again as long as the server asks", func(t *testing.T) {
		c, s := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
			if n < 3 {
				w.Header().Set("Retry-After", "0.01")
				send(429, `{"error":{"message":"slow down"}}`)(n, w, r)
				return
			}
			send(200, whole)(n, w, r)
		})
		if _, err := c.Call(t.Context(), "Who?"); err != nil || len(s.asked()) != 3 {
			t.Errorf("%v after %d requests", err, len(s.asked()))
		}
	})
}

func TestWhatIsRefusedBeforeAsking(t *testing.T) {
	c, s := start(t, send(200, whole))
	for name, err := range map[string]error{
		"tools":      second(c.GenerateContent(t.Context(), human("?"), llms.WithTools([]llms.Tool{{}}))),
		"candidates": second(c.GenerateContent(t.Context(), human("?"), llms.WithN(2))),
		"no message": second(c.GenerateContent(t.Context(), nil)),
		"role":       second(c.GenerateContent(t.Context(), []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeTool, "?")})),
		"sound":      second(c.GenerateContent(t.Context(), []llms.MessageContent{{Role: llms.ChatMessageTypeHuman, Parts: []llms.ContentPart{llms.BinaryPart("audio/wav", nil)}}})),
		"schema":     second(c.GenerateContent(t.Context(), human("?"), llms.WithMetadata(map[string]any{"json_schema": "[]"}))),
	} {
		if err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	if len(s.asked()) != 0 {
		t.Errorf("asked %d times", len(s.asked()))
	}
	for _, address := range []string{"localhost:1", "ftp://host", "http://user:pw@host", "http://host?key=1"} {
		if _, err := openai.New(openai.Config{Address: address}); err == nil || strings.Contains(err.Error(), "pw") {
			t.Errorf("%s: got %v", address, err)
		}
	}
}

func second(_ *llms.ContentResponse, err error) error { return err }

func TestHasModel(t *testing.T) {
	for name, test := range map[string]struct {
		list, chat func(int, http.ResponseWriter, *http.Request)
		has, fails bool
	}{
		"listed":                        {list: send(200, `{"data":[{"id":"x"},{"id":"m"}]}`), has: true},
		"takes any name":                {list: send(200, `{"data":[{"id":"x.gguf"}]}`), chat: send(200, whole), has: true},
		"lists nothing":                 {list: send(404, `{}`), chat: send(200, whole), has: true},
		"not there":                     {list: send(200, `{"data":[{"id":"x"}]}`), chat: send(404, `{"error":{"message":"model 'm' not found"}}`)},
		"a key is missing":              {list: send(401, `{}`), chat: send(401, `{}`), fails: true},
		"a key of its own for the list": {list: send(401, `{}`), chat: send(200, whole), has: true},
		"a page in place of the list":   {list: send(200, `<html>`), chat: send(200, whole), has: true},
		"by Google's name":              {list: send(200, `{"data":[{"id":"models/m"}]}`), has: true},
	} {
		t.Run(name, func(t *testing.T) {
			c, _ := start(t, func(n int, w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/models") {
					test.list(n, w, r)
					return
				}
				test.chat(n, w, r)
			})
			if has, err := c.HasModel(t.Context(), "m"); has != test.has || (err != nil) != test.fails {
				t.Errorf("got %t, %v", has, err)
			}
		})
	}
}
