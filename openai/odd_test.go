package openai_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/internal/oddmodel"
	"selfrag/openai"
)

const draft = "하로게이트 나룻배는 차 42대를 싣습니다 [1]. The ferry carries 42 cars [1]."

// odd holds the modes in which a text differs from a healthy server's. fails is part of the error, writes is the text; whole is the
// text of an answer in one piece, if only a stream fails.
var odd = map[string]struct{ fails, writes, whole string }{
	"is full for an hour":         {fails: "try again in 1h0m0s"},
	"is full in its answer":       {fails: "asks to send fewer requests (HTTP 429): Rate limit exceeded"},
	"has spent its quota":         {fails: "check the plan and the billing of its key"},
	"has no credit":               {fails: "check the plan and the billing of its key"},
	"wants another key":           {fails: "set OPENAI_API_KEY"},
	"has no such model":           {fails: "does not have the model m"},
	"filters the prompt":          {fails: "content management policy"},
	"is a web page":               {fails: "it answered /v1/chat/completions with a web page (Sign in) in place of JSON"},
	"is a broken gateway":         {fails: "answered HTTP 502: 502 Bad Gateway: try again later"},
	"answers in plain text":       {fails: `with "upstream connect error or disconnect/reset before headers" in place of JSON`},
	"answers nothing":             {fails: "it is empty"},
	"moved":                       {fails: "it redirects to https://"},
	"fails in another form":       {fails: "invalid token in prompt"},
	"fails in a bare form":        {fails: "the account is in arrears"},
	"hangs":                       {fails: "no answer within"},
	"hangs in a stream":           {fails: "broke off", whole: draft},
	"breaks a stream once":        {fails: "broken off", whole: draft},
	"hangs up in a stream once":   {fails: "broke off", whole: draft},
	"breaks every stream":         {fails: "broken off", whole: draft},
	"hangs up in every stream":    {fails: "broke off", whole: draft},
	"fails in a stream once":      {fails: "Provider disconnected", whole: draft},
	"fails in every stream":       {fails: "Provider disconnected", whole: draft},
	"fails by an event once":      {fails: "out of memory", whole: draft},
	"ends a stream by error once": {fails: "failed while it wrote", whole: draft},
	"writes nothing":              {writes: "-"},
	"writes null":                 {writes: "-"},
	"writes white space":          {writes: " \n\n "},
	"leaves the content out":      {writes: "-"},
	"calls a tool":                {writes: "-"},
	"refuses":                     {writes: "-"},
	"is filtered":                 {writes: "-"},
	"is filtered, as Google":      {writes: "-"},
	"runs out in the middle":      {writes: draft + " And the crossing"},
	"is filtered in the middle":   {writes: draft + " And the crossing"},
	"runs out, by another name":   {writes: draft + " And the crossing"},
	"writes past its limit":       {writes: draft + strings.Repeat(" The crossing goes on and on.", 300)},
	"thinks 3000 tokens":          {writes: "-"},
	"thinks without an end":       {writes: "-"},
}

// TestTextOfOddServers asks for a text in each mode, whole and streamed.
func TestTextOfOddServers(t *testing.T) {
	for _, mode := range oddmodel.Modes() {
		if strings.HasPrefix(mode, "thinks in") || strings.HasPrefix(mode, "thinks as") || strings.HasPrefix(mode, "thinks before") ||
			mode == "thinks 300 tokens, in marks" {
			continue // the client passes thoughts in the text on unchanged
		}
		for _, streamed := range []bool{false, true} {
			name := mode + ", whole"
			if streamed {
				name = mode + ", streamed"
			}
			t.Run(name, func(t *testing.T) {
				t.Parallel()
				s := oddmodel.Start(t, mode, oddmodel.Replies{Draft: draft})
				c, err := openai.New(openai.Config{Address: s.Address, Model: "m", Key: key, Backoff: time.Millisecond, Timeout: patience(mode), Tries: 3})
				if err != nil {
					t.Fatal(err)
				}
				defer c.Close()
				ctx, cancel := context.WithTimeout(t.Context(), 10*time.Minute)
				defer cancel()
				want := odd[mode]
				if !streamed && want.whole != "" {
					want.fails = ""
				}
				var pieces strings.Builder
				opts := []llms.CallOption{llms.WithMaxTokens(400), llms.WithTemperature(0), llms.WithRepetitionPenalty(1)}
				if streamed {
					opts = append(opts, llms.WithStreamingFunc(func(_ context.Context, b []byte) error {
						pieces.Write(b)
						return nil
					}))
				}
				resp, err := c.GenerateContent(ctx, turn("Be brief.", "How many cars?"), opts...)
				if want.fails != "" {
					if err == nil || !strings.Contains(err.Error(), want.fails) || strings.Contains(err.Error(), key) {
						t.Errorf("got %v, want %q", err, want.fails)
					}
					return
				}
				if err != nil {
					t.Fatal(err)
				}
				text := draft
				if want.writes != "" {
					text = strings.TrimPrefix(want.writes, "-")
				}
				if got := resp.Choices[0].Content; got != text || streamed && pieces.String() != text {
					t.Errorf("got %.200q, in pieces %.200q", got, pieces.String())
				}
				if n, ok := resp.Choices[0].GenerationInfo["PromptTokens"].(int); !ok || n < 0 {
					t.Errorf("%d tokens of the prompt", n)
				}
			})
		}
	}
}

// TestProbabilitiesOfOddServers asks for the probabilities of a label in each mode that has any, and then for a draft. The client must
// not have to find out the same need twice.
func TestProbabilitiesOfOddServers(t *testing.T) {
	none := map[string]bool{
		"probabilities in texts": true, "streams to who did not ask": true, "probabilities left out": true,
	}
	for _, mode := range oddmodel.Modes() {
		if odd[mode].fails != "" && odd[mode].whole == "" {
			continue
		}
		t.Run(mode, func(t *testing.T) {
			t.Parallel()
			s := oddmodel.Start(t, mode, oddmodel.Replies{Draft: draft})
			c, err := openai.New(openai.Config{Address: s.Address, Model: "m", Key: key, Backoff: time.Millisecond})
			if err != nil {
				t.Fatal(err)
			}
			defer c.Close()
			for range 2 {
				probs, _, err := c.NextToken(t.Context(), turn("Yes or No?", "Wet?"))
				if err != nil {
					t.Fatal(err)
				}
				blind := none[mode] || strings.Contains(mode, "refuses logprobs") || strings.Contains(mode, "grade") || strings.HasPrefix(mode, "thinks 3") ||
					mode == "thinks without an end"
				if mode == "thinks 300 tokens, in marks" {
					blind = true
				}
				if (len(probs) == 0) != blind {
					t.Errorf("got %v", probs)
				}
				for token, p := range probs {
					if p < 0 || p > 1 {
						t.Errorf("P(%q) is %g", token, p)
					}
				}
			}
			before := len(s.Asked())
			if _, err := c.GenerateContent(t.Context(), turn("Be brief.", "How many cars?"), llms.WithMaxTokens(400)); err != nil {
				t.Error(err)
			}
			if again := len(s.Asked()) - before; strings.HasPrefix(mode, "has no system role") && again != 1 {
				t.Errorf("asked %d times for what was known", again)
			}
		})
	}
}

// patience returns the time limit of a try. It is short for a server that hangs, and long enough for a busy machine otherwise.
func patience(mode string) time.Duration {
	if strings.HasPrefix(mode, "hangs") {
		return 100 * time.Millisecond
	}
	return time.Minute
}

func turn(system, user string) []llms.MessageContent {
	return []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeSystem, system), llms.TextParts(llms.ChatMessageTypeHuman, user)}
}

// TestWhatAServerNeedsIsKept checks the requests that follow a refusal.
func TestWhatAServerNeedsIsKept(t *testing.T) {
	for mode, want := range map[string]map[string]any{
		"takes 5 top_logprobs":      {"top_logprobs": 5.0, "logprobs": true},
		"takes 8 logprobs, as vLLM": {"top_logprobs": 8.0, "logprobs": true},
		"takes few top_logprobs":    {"top_logprobs": 5.0, "logprobs": true},
		"writes 16 tokens at least": {"max_tokens": 16.0},
		"has no system role":        {"messages": []any{map[string]any{"role": "user", "content": "Yes or No?\n\nWet?"}}},
	} {
		t.Run(mode, func(t *testing.T) {
			s := oddmodel.Start(t, mode, oddmodel.Replies{Draft: draft})
			c := dial(t, openai.Config{Address: s.Address})
			for range 2 {
				if _, _, err := c.NextToken(t.Context(), turn("Yes or No?", "Wet?")); err != nil {
					t.Fatal(err)
				}
			}
			asked := s.Asked()
			if len(asked) != 3 {
				t.Errorf("asked %d times, not once more than twice", len(asked))
			}
			for field, value := range want {
				if got := asked[len(asked)-1].Body[field]; !equalJSON(got, value) {
					t.Errorf("%s is %v, want %v", field, got, value)
				}
			}
		})
	}
}

// TestKeyHeaders checks that Azure gets the key in its own header.
func TestKeyHeaders(t *testing.T) {
	s := oddmodel.Start(t, "wants an api-key header", oddmodel.Replies{Draft: draft})
	for name, test := range map[string]struct {
		address string
		asked   int // in all, of two calls
		path    string
	}{
		"a server that says so":    {s.Address, 3, "/v1/chat/completions"},
		"a deployment on Azure":    {strings.TrimSuffix(s.Address, "/v1") + "/openai/deployments/gpt?api-version=2024-10-21", 2, "/openai/deployments/gpt/chat/completions"},
		"the whole of its address": {strings.TrimSuffix(s.Address, "/v1") + "/openai/deployments/gpt/chat/completions?api-version=2024-10-21", 2, "/openai/deployments/gpt/chat/completions"},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(s.Asked())
			c := dial(t, openai.Config{Address: test.address})
			for range 2 {
				if _, err := c.Call(t.Context(), "How many cars?"); err != nil {
					t.Fatal(err)
				}
			}
			asked := s.Asked()[before:]
			last := asked[len(asked)-1]
			if len(asked) != test.asked || last.Path != test.path || last.Header.Get("Api-Key") != key || last.Header.Get("Authorization") != "" {
				t.Errorf("asked %d times, last %s with %v", len(asked), last.Path, last.Header)
			}
		})
	}
}

// TestNoTextButAReason checks that the client reports what a model did instead of writing.
func TestNoTextButAReason(t *testing.T) {
	for _, mode := range []string{"calls a tool", "refuses"} {
		c := dial(t, openai.Config{Address: oddmodel.Start(t, mode, oddmodel.Replies{Draft: draft}).Address})
		for _, opts := range [][]llms.CallOption{nil, {llms.WithStreamingFunc(func(context.Context, []byte) error { return nil })}} {
			resp, err := c.GenerateContent(t.Context(), human("How many cars?"), opts...)
			if err != nil {
				t.Fatal(err)
			}
			got := resp.Choices[0]
			if mode == "refuses" && got.GenerationInfo["Refusal"] != "I can't help with that." {
				t.Errorf("got %v", got.GenerationInfo)
			}
			if mode == "calls a tool" && (len(got.ToolCalls) != 1 || got.ToolCalls[0].FunctionCall.Name != "search") {
				t.Errorf("got %v", got.ToolCalls)
			}
		}
	}
}

// TestBrokenStreamsSaySo checks that the client does not repeat a stream that its reader has seen a part of. The error reports that
// the stream broke off.
func TestBrokenStreamsSaySo(t *testing.T) {
	for _, mode := range []string{"breaks every stream", "hangs up in every stream", "fails in every stream", "fails by an event once", "ends a stream by error once"} {
		s := oddmodel.Start(t, mode, oddmodel.Replies{Draft: draft})
		c := dial(t, openai.Config{Address: s.Address})
		_, err := c.GenerateContent(t.Context(), human("How many cars?"), llms.WithStreamingFunc(func(context.Context, []byte) error { return nil }))
		var broken interface{ BrokenOff() bool }
		if !errors.As(err, &broken) || !broken.BrokenOff() || len(s.Asked()) != 1 {
			t.Errorf("%s: got %v after %d requests", mode, err, len(s.Asked()))
		}
	}
}

// TestModelsInOddForms checks the forms in which servers list their models.
func TestModelsInOddForms(t *testing.T) {
	for name, body := range map[string]string{
		"as published": `{"object":"list","data":[{"id":"a"},{"id":"b"}]}`,
		"a bare list":  `[{"id":"a"},{"id":"b","context_length":8192}]`,
		"by names":     `{"models":[{"name":"a"},{"name":"b"}]}`,
		"both":         `{"models":[{"name":"a"}],"data":[{"id":"a"},{"id":"b"}]}`,
	} {
		c, _ := start(t, send(http.StatusOK, body))
		if got, err := c.Models(t.Context()); err != nil || strings.Join(got, " ") != "a b" {
			t.Errorf("%s: got %v, %v", name, got, err)
		}
	}
}
