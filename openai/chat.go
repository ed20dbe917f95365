package openai

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/internal/httpjson"
)

// GenerateContent sends the messages to the model and returns its answer. It
// implements llms.Model. The response has one choice:
//
//   - Content is the text of the answer. ReasoningContent is the reasoning that
//     the model wrote before the answer, if the server separates the two.
//   - StopReason is the server's finish_reason. It is "stop" if the model ended
//     the answer itself or wrote a stop word. It is "length" if MaxTokens or
//     the size of the context cut the answer short.
//   - GenerationInfo holds Model. It holds PromptTokens, CompletionTokens and
//     TotalTokens as int. It also holds PromptCachedTokens and ReasoningTokens
//     as int if the server reports them, and Refusal, the text of a refusal, if
//     the model refused.
//   - ToolCalls holds the names of the tools that the model called, although
//     the request offers none.
//
// GenerateContent honours these options: Model, MaxTokens, Temperature,
// StopWords, Seed (unless it is 0), TopK, TopP, the penalties, JSONMode,
// ResponseMIMEType, StreamingFunc and StreamingReasoningFunc. It does not send
// TopK and RepetitionPenalty to OpenAI's own server. A JSON schema of the
// answer is given as metadata:
//
//	llms.WithMetadata(map[string]any{"json_schema": json.RawMessage(`{"type":"object", ...}`)})
//
// Tools, tool messages and requests for several candidates are errors.
//
// If there is an error, the response is nil, even if a part of the answer has
// been streamed. The error wraps ctx.Err() if the context ended, the error of
// the streaming function if that function stopped the answer, or
// [ErrUnfinished] if the answer broke off. For any other failure of the server
// it is one of the other error types of this package.
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

// Call implements llms.Model. It calls [Client.GenerateContent] with one human
// message and returns the text of the answer.
func (c *Client) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, c, prompt, options...)
}

// chat makes one request. If the server refuses it and the refusal shows how to
// change the request, chat changes the request and sends it again.
func (c *Client) chat(ctx context.Context, opts llms.CallOptions, fields map[string]any) (*answer, error) {
	for {
		c.needs.fit(fields)
		a, err := c.try(ctx, opts, fields)
		if err != nil && ctx.Err() == nil && (c.needs.learn(fields, err) || c.http.Other(err)) {
			continue
		}
		if err := c.explain(ctx, opts.Model, err); err != nil {
			return nil, err
		}
		return a, nil
	}
}

// try makes one request. A server may stream although no stream was requested,
// or answer in one piece although a stream was requested.
func (c *Client) try(ctx context.Context, opts llms.CallOptions, fields map[string]any) (*answer, error) {
	a := &answer{}
	asked := fields["stream"] != nil
	err := c.client().Stream(ctx, c.url("/chat/completions"), fields, func(data []byte) error { return c.take(ctx, a, opts, data) })
	switch refused := (*httpjson.StatusError)(nil); {
	case errors.As(err, &refused) && refused.Status >= http.StatusInternalServerError && a.content.Len() > 0:
		return nil, &UnfinishedError{Address: c.address, Bytes: a.content.Len(), Err: err}
	case err != nil:
		return nil, err
	case !a.begun:
		return nil, &ServerError{Address: c.address, Status: http.StatusOK, Message: "the answer holds no choice"}
	case a.finish == "" && !a.closed && asked:
		return nil, &UnfinishedError{Address: c.address, Bytes: a.content.Len()}
	}
	return a, nil
}

// take adds a piece of the answer to a and passes it to the streaming
// functions.
func (c *Client) take(ctx context.Context, a *answer, opts llms.CallOptions, data []byte) error {
	if strings.EqualFold(strings.TrimSpace(string(data)), "[DONE]") {
		a.closed = true
		return nil
	}
	if !strings.HasPrefix(strings.TrimSpace(string(data)), "{") {
		return nil // some gateways send other data to keep the connection open
	}
	var piece chunk
	if json.Unmarshal(data, &piece) != nil {
		if err := json.Unmarshal(httpjson.Numbers(data), &piece); err != nil {
			return &UnfinishedError{Address: c.address, Bytes: a.content.Len(), Err: errors.New("a piece of it is not JSON")}
		}
	}
	if piece.Usage.Value != nil {
		a.usage = *piece.Usage.Value
		a.closed = a.closed || len(piece.Choices.Value) == 0 && a.content.Len() > 0
	}
	if piece.Model.Value != "" {
		a.model = piece.Model.Value
	}
	if len(piece.Choices.Value) == 0 {
		return c.noChoice(data)
	}
	return c.add(ctx, a, opts, piece.Choices.Value[0])
}

// noChoice returns the failure that a piece without a choice reports. It
// returns nil for other pieces, such as the piece of a stream that counts the
// tokens.
func (c *Client) noChoice(data []byte) error {
	var object map[string]loose[any]
	_ = json.Unmarshal(data, &object) // cannot fail, because take has parsed data
	for _, name := range []string{"message", "msg", "detail", "errors"} {
		if object[name].Value != nil && object["usage"].Value == nil {
			return c.client().Failure(c.host, data, nil)
		}
	}
	return nil
}

// add adds the choice of a piece to the answer and passes it to the streaming
// functions.
func (c *Client) add(ctx context.Context, a *answer, opts llms.CallOptions, piece choice) error {
	if failure := strings.TrimSpace(string(piece.Error)); strings.HasPrefix(failure, "{") || strings.HasPrefix(failure, `"`) {
		return c.client().Failure(c.host, []byte(`{"error":`+failure+`}`), nil)
	}
	a.begun = true
	said := piece.Message.said + piece.Delta.said + piece.Text.Value
	thought := piece.Message.thought + piece.Delta.thought
	a.content.WriteString(said)
	a.thoughts.WriteString(thought)
	a.refusal.WriteString(piece.Message.refusal + piece.Delta.refusal)
	a.tools = append(append(a.tools, piece.Message.tools...), piece.Delta.tools...)
	a.logprobs = append(a.logprobs, piece.Logprobs...)
	if piece.FinishReason.Value != "" {
		a.finish = piece.FinishReason.Value
	}
	if a.finish == "error" {
		return &httpjson.StatusError{Host: c.host, Status: http.StatusBadGateway, Message: "the model's server failed while it wrote"}
	}
	if err := deliver(ctx, opts, thought, said); err != nil {
		return fmt.Errorf("the streaming function stopped the answer: %w", err)
	}
	return nil
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
