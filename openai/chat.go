package openai

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// GenerateContent implements llms.Model. The response has one choice:
//
//   - Content is the text; what a model that reasons thought before it is in ReasoningContent, where the server tells them apart.
//   - StopReason is the server's finish_reason: "stop" when the model ended by itself or at a stop word, "length" when MaxTokens or
//     the context cut it short.
//   - GenerationInfo holds PromptTokens, CompletionTokens, TotalTokens, PromptCachedTokens and ReasoningTokens (int), of which the
//     last two are there only when the server tells them, and Model.
//
// Options honoured: Model, MaxTokens, Temperature, StopWords, Seed (but 0), TopP, the penalties, JSONMode, ResponseMIMEType,
// StreamingFunc, StreamingReasoningFunc, TopK where the server is not OpenAI's, and a JSON schema of the answer:
//
//	llms.WithMetadata(map[string]any{"json_schema": json.RawMessage(`{"type":"object", ...}`)})
//
// Tools, several candidates, and messages of tools are errors.
//
// On error the response is nil, whatever was streamed before. The error wraps ctx.Err() when the context ended, the error of the
// streaming function when that stopped the answer, [ErrUnfinished] when the answer was broken off; or it is one of this package.
func (c *Client) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	opts := c.callOptions(options)
	fields, err := c.body(messages, opts)
	if err != nil {
		return nil, fmt.Errorf("chatting with %s: %w", c.address, err)
	}
	answer, err := c.chat(ctx, opts, fields)
	if err != nil {
		return nil, fmt.Errorf("chatting with %s: %w", opts.Model, err)
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{answer.choice()}}, nil
}

// Call implements llms.Model: [Client.GenerateContent] with one human message, and the text of its answer.
func (c *Client) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, c, prompt, options...)
}

// chunk is an answer, or a piece of a streamed one.
type chunk struct {
	Model   string `json:"model"`
	Choices []struct {
		Message      text     `json:"message"` // of an answer
		Delta        text     `json:"delta"`   // of a piece
		FinishReason string   `json:"finish_reason"`
		Logprobs     logprobs `json:"logprobs"`
	} `json:"choices"`
	Usage *usage          `json:"usage"`
	Error json.RawMessage `json:"error"` // of an answer that fails on its way
}

// text has what a model thought under one of two names.
type text struct {
	Content          string `json:"content"`
	ReasoningContent string `json:"reasoning_content"`
	Reasoning        string `json:"reasoning"`
}

type usage struct {
	PromptTokens        int `json:"prompt_tokens"`
	CompletionTokens    int `json:"completion_tokens"`
	PromptTokensDetails *struct {
		CachedTokens *int `json:"cached_tokens"`
	} `json:"prompt_tokens_details"`
	CompletionTokensDetails *struct {
		ReasoningTokens *int `json:"reasoning_tokens"`
	} `json:"completion_tokens_details"`
}

// answer is a whole answer, put together from its pieces.
type answer struct {
	model             string
	content, thoughts strings.Builder
	finish            string
	usage             usage
	logprobs          []tokenLogprobs
}

// chat makes one request, and again without the fields that the server refuses.
func (c *Client) chat(ctx context.Context, opts llms.CallOptions, fields map[string]any) (*answer, error) {
	for {
		c.refused.strip(fields)
		a, err := c.try(ctx, opts, fields)
		if ctx.Err() == nil && c.refused.learn(fields, err) {
			continue
		}
		if err := c.explain(ctx, opts.Model, err); err != nil {
			return nil, err
		}
		return a, nil
	}
}

func (c *Client) try(ctx context.Context, opts llms.CallOptions, fields map[string]any) (*answer, error) {
	address := c.address + "/chat/completions"
	a := &answer{}
	if fields["stream"] == nil {
		var whole chunk
		if err := c.http.Post(ctx, address, fields, &whole); err != nil {
			return nil, err
		}
		if err := c.add(ctx, a, opts, whole); err != nil {
			return nil, err
		}
		if len(whole.Choices) == 0 {
			return nil, &ServerError{Address: c.address, Status: http.StatusOK, Message: "the answer holds no choice"}
		}
		return a, nil
	}
	done := false
	if err := c.http.Stream(ctx, address, fields, func(data []byte) error {
		if string(data) == "[DONE]" {
			done = true
			return nil
		}
		var piece chunk
		if err := json.Unmarshal(data, &piece); err != nil {
			return fmt.Errorf("read the answer of %s: %w", c.address, err)
		}
		return c.add(ctx, a, opts, piece)
	}); err != nil {
		return nil, err
	}
	if a.finish == "" && !done {
		return nil, fmt.Errorf("%w by %s after %d bytes", ErrUnfinished, c.address, a.content.Len())
	}
	return a, nil
}

// add takes over a piece and hands it to those who asked for pieces.
func (c *Client) add(ctx context.Context, a *answer, opts llms.CallOptions, piece chunk) error {
	if len(piece.Error) > 0 && string(piece.Error) != "null" {
		return c.failed(opts.Model, piece.Error)
	}
	if piece.Usage != nil {
		a.usage = *piece.Usage
	}
	if piece.Model != "" {
		a.model = piece.Model
	}
	if len(piece.Choices) == 0 {
		return nil
	}
	choice := piece.Choices[0]
	said := choice.Message.Content + choice.Delta.Content
	thought := choice.Message.thought() + choice.Delta.thought()
	a.content.WriteString(said)
	a.thoughts.WriteString(thought)
	a.logprobs = append(a.logprobs, choice.Logprobs.Content...)
	if choice.FinishReason != "" {
		a.finish = choice.FinishReason
	}
	if err := deliver(ctx, opts, thought, said); err != nil {
		return fmt.Errorf("the streaming function stopped the answer: %w", err)
	}
	return nil
}

func (t text) thought() string {
	if t.ReasoningContent != "" {
		return t.ReasoningContent
	}
	return t.Reasoning
}

func deliver(ctx context.Context, opts llms.CallOptions, thought, said string) error {
	if opts.StreamingReasoningFunc != nil && thought+said != "" {
		if err := opts.StreamingReasoningFunc(ctx, []byte(thought), []byte(said)); err != nil {
			return err
		}
	}
	if opts.StreamingFunc != nil && said != "" {
		return opts.StreamingFunc(ctx, []byte(said))
	}
	return nil
}

// failed explains an error that came in place of a piece, as llama.cpp's server sends when the prompt is too long for a stream.
func (c *Client) failed(model string, what json.RawMessage) error {
	var e struct {
		Message string `json:"message"`
		Type    string `json:"type"`
		Code    any    `json:"code"`
	}
	if json.Unmarshal(what, &e) != nil || e.Message == "" {
		e.Message = string(what)
	}
	code, _ := e.Code.(string)
	if code == "" {
		code = e.Type
	}
	failure := &ServerError{Address: c.address, Status: http.StatusOK, Message: e.Message}
	if isContext(code, e.Message) {
		return &ContextError{Model: model, Err: failure}
	}
	return failure
}

func (a *answer) choice() *llms.ContentChoice {
	info := map[string]any{
		"Model":            a.model,
		"PromptTokens":     a.usage.PromptTokens,
		"CompletionTokens": a.usage.CompletionTokens,
		"TotalTokens":      a.usage.PromptTokens + a.usage.CompletionTokens,
	}
	if d := a.usage.PromptTokensDetails; d != nil && d.CachedTokens != nil {
		info["PromptCachedTokens"] = *d.CachedTokens
	}
	if d := a.usage.CompletionTokensDetails; d != nil && d.ReasoningTokens != nil {
		info["ReasoningTokens"] = *d.ReasoningTokens
	}
	return &llms.ContentChoice{
		Content: a.content.String(), ReasoningContent: a.thoughts.String(), StopReason: a.finish, GenerationInfo: info,
	}
}
