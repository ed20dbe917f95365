package openai

import (
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// chunk is an answer, or a piece of a streamed answer. Only the text is
// essential. Any other field that does not have the published form is converted
// if possible, or else ignored.
type chunk struct {
	Model   loose[string]   `json:"model"`
	Choices loose[[]choice] `json:"choices"`
	Usage   loose[*usage]   `json:"usage"`
}

type choice struct {
	Message      written         `json:"message"` // message of a whole answer
	Delta        written         `json:"delta"`   // part of the message in a piece of a stream
	Text         loose[string]   `json:"text"`    // replaces both in the API for completions without chat
	FinishReason loose[string]   `json:"finish_reason"`
	Logprobs     logprobs        `json:"logprobs"`
	Error        json.RawMessage `json:"error"` // failure in the middle of an answer
}

type usage struct {
	PromptTokens        count                  `json:"prompt_tokens"`
	CompletionTokens    count                  `json:"completion_tokens"`
	PromptTokensDetails loose[promptUsage]     `json:"prompt_tokens_details"`
	CompletionDetails   loose[completionUsage] `json:"completion_tokens_details"`
}

type promptUsage struct {
	CachedTokens *count `json:"cached_tokens"`
}

type completionUsage struct {
	ReasoningTokens *count `json:"reasoning_tokens"`
}

// loose decodes a JSON value of type T. Value stays zero if the JSON value has
// another form.
type loose[T any] struct{ Value T }

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (l *loose[T]) UnmarshalJSON(b []byte) error {
	var v T
	if json.Unmarshal(b, &v) == nil {
		l.Value = v
	}
	return nil
}

// count is a number of tokens. Some servers write it with a fraction or as a
// string. Any other form is decoded as 0.
type count int

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (c *count) UnmarshalJSON(b []byte) error {
	n, err := strconv.ParseFloat(strings.Trim(string(b), `" `), 64)
	if *c = 0; err == nil && n > 0 && n < math.MaxInt32 {
		*c = count(math.Round(n))
	}
	return nil
}

// written is the content of a message: its text, the model's thoughts, the
// model's refusal and the tools that the model called.
type written struct {
	said, thought, refusal string
	tools                  []string // names of the tools
}

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (w *written) UnmarshalJSON(b []byte) error {
	var m map[string]json.RawMessage
	if json.Unmarshal(b, &m) != nil {
		return nil //nolint:nilerr // a message that is not an object has no text
	}
	*w = contentOf(m["content"])
	for _, name := range []string{"reasoning_content", "reasoning", "thinking", "reasoning_text"} {
		if of := contentOf(m[name]); of.said+of.thought != "" { // a server that sends several names repeats the thought
			w.thought += of.said + of.thought
			break
		}
	}
	w.refusal += contentOf(m["refusal"]).said
	var calls loose[[]struct {
		Function loose[struct {
			Name string `json:"name"`
		}] `json:"function"`
	}]
	_ = calls.UnmarshalJSON(m["tool_calls"])
	for _, call := range calls.Value {
		if call.Function.Value.Name != "" { // a stream sends the name once, and then the arguments
			w.tools = append(w.tools, call.Function.Value.Name)
		}
	}
	return nil
}

// contentOf parses the content of a message: a text, a part, or a list of
// parts. A part is a text, a thought or a refusal.
func contentOf(content json.RawMessage) written {
	var text string
	if json.Unmarshal(content, &text) == nil {
		return written{said: text}
	}
	var list []json.RawMessage
	if json.Unmarshal(content, &list) == nil {
		var all written
		for _, one := range list {
			of := contentOf(one)
			all.said, all.thought, all.refusal = all.said+of.said, all.thought+of.thought, all.refusal+of.refusal
		}
		return all
	}
	var part map[string]json.RawMessage
	if json.Unmarshal(content, &part) != nil {
		if number := strings.TrimSpace(string(content)); number != "" && number != "null" {
			return written{said: number}
		}
		return written{}
	}
	var kind loose[string]
	_ = kind.UnmarshalJSON(part["type"])
	for _, name := range []string{"text", "content", "thinking", "reasoning", "summary", "refusal", "value", "parts"} {
		if part[name] == nil {
			continue
		}
		of := contentOf(part[name])
		switch {
		case strings.Contains(kind.Value, "think"), strings.Contains(kind.Value, "reason"), name == "thinking", name == "reasoning":
			return written{thought: of.said + of.thought}
		case strings.Contains(kind.Value, "refus"), name == "refusal":
			return written{refusal: of.said}
		}
		return of
	}
	return written{}
}

// logprobs holds, for each token of an answer, the likeliest tokens and their
// probabilities.
type logprobs []map[string]float64

// UnmarshalJSON implements json.Unmarshaler. It accepts the published form, the
// form of the older API, and an object that maps the likeliest tokens to their
// log probabilities. Any other form counts as no probabilities. UnmarshalJSON
// never fails.
func (l *logprobs) UnmarshalJSON(b []byte) error {
	var v struct {
		Content loose[[]struct {
			Top topTokens `json:"top_logprobs"`
		}] `json:"content"`
		Top loose[[]topTokens] `json:"top_logprobs"` // the form of the older API
	}
	*l = nil
	if json.Unmarshal(b, &v) != nil {
		return nil //nolint:nilerr // probabilities of another form count as none
	}
	for _, token := range v.Content.Value {
		*l = append(*l, token.Top)
	}
	if len(*l) == 0 {
		for _, top := range v.Top.Value {
			*l = append(*l, top)
		}
	}
	return nil
}

// topTokens maps the text of a token to its probability.
type topTokens map[string]float64

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (t *topTokens) UnmarshalJSON(b []byte) error {
	*t = topTokens{}
	var list []struct {
		Token   loose[string]   `json:"token"`
		Logprob loose[*float64] `json:"logprob"`
	}
	if json.Unmarshal(b, &list) == nil {
		for _, one := range list {
			t.add(one.Token.Value, one.Logprob.Value)
		}
		return nil
	}
	var object map[string]loose[*float64]
	if json.Unmarshal(b, &object) == nil {
		for token, logprob := range object {
			t.add(token, logprob.Value)
		}
	}
	return nil
}

// add adds the probability of a token. It ignores a token without a valid log
// probability.
func (t topTokens) add(token string, logprob *float64) {
	if logprob != nil && *logprob < roundedUp {
		t[token] += math.Exp(min(*logprob, 0))
	}
}

// roundedUp is the limit below which a log probability above 0 is taken for a
// rounding error. Not measured.
const roundedUp = 0.01

// answer is a whole answer, joined from its pieces.
type answer struct {
	model                      string
	content, thoughts, refusal strings.Builder
	tools                      []string
	finish                     string
	usage                      usage
	logprobs                   logprobs
	begun                      bool // a choice has arrived
	closed                     bool // the server marked the answer as complete
}

func (a *answer) choice() *llms.ContentChoice {
	info := map[string]any{
		"Model":            a.model,
		"PromptTokens":     int(a.usage.PromptTokens),
		"CompletionTokens": int(a.usage.CompletionTokens),
		"TotalTokens":      int(a.usage.PromptTokens + a.usage.CompletionTokens),
	}
	if n := a.usage.PromptTokensDetails.Value.CachedTokens; n != nil {
		info["PromptCachedTokens"] = int(*n)
	}
	if n := a.usage.CompletionDetails.Value.ReasoningTokens; n != nil {
		info["ReasoningTokens"] = int(*n)
	}
	if a.refusal.Len() > 0 {
		info["Refusal"] = a.refusal.String()
	}
	out := &llms.ContentChoice{
		Content: a.content.String(), ReasoningContent: a.thoughts.String(), StopReason: a.finish, GenerationInfo: info,
	}
	for _, name := range a.tools {
		out.ToolCalls = append(out.ToolCalls, llms.ToolCall{Type: "function", FunctionCall: &llms.FunctionCall{Name: name}})
	}
	return out
}
