package ollama

import (
	"context"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// GenerateContent sends the messages to the model and returns its answer. It
// implements llms.Model. The response has one choice:
//
//   - Content is the text of the answer. ReasoningContent is the reasoning that
//     the model wrote before the answer, if any.
//   - StopReason is "stop" if the model ended the answer itself or wrote a stop
//     word. It is "length" if MaxTokens or the size of the context cut the
//     answer short.
//   - GenerationInfo holds Model and DoneReason, which repeats StopReason.
//     PromptTokens, CompletionTokens and TotalTokens are of type int; the
//     package documentation explains what the server counts. LoadDuration,
//     PromptEvalDuration, EvalDuration and TotalDuration are of type int64, in
//     nanoseconds.
//
// GenerateContent honours these options: Model, MaxTokens, Temperature,
// StopWords, Seed, TopK, TopP, the penalties, JSONMode, ResponseMIMEType,
// StreamingFunc, StreamingReasoningFunc and llms.WithThinking. WithThinking
// turns reasoning on or off; the level of reasoning is ignored. A JSON schema
// of the answer is given as metadata:
//
//	llms.WithMetadata(map[string]any{"json_schema": json.RawMessage(`{"type":"object", ...}`)})
//
// The model writes the properties in the order of the schema. Give the schema
// as json.RawMessage, which keeps that order; a Go map loses it. StopWords
// replace the stop words in the model's own settings. Other options that
// neither the call nor Config sets have their values from those settings.
// Ollama's default there is a repeat penalty of 1.1, so that a model avoids
// words and citations that it has just used. llms.WithRepetitionPenalty(1)
// turns the penalty off. Tools, tool messages and requests for several
// candidates are errors.
//
// If the last message has the role ai, most models continue its text instead of
// beginning a new message; see [Client.ContinuesPrefill].
//
// If there is an error, the response is nil, even if a part of the answer has
// been streamed. The error wraps ctx.Err() if the context ended, the error of
// the streaming function if that function stopped the answer, or
// [ErrUnfinished] if the answer broke off. Any other failure of the server is
// an [UnreachableError], [ModelMissingError], [ContextError] or [ServerError].
func (c *Client) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	opts := c.callOptions(options)
	req, err := c.chatRequest(messages, opts)
	if err != nil {
		return nil, fmt.Errorf("chatting with Ollama: %w", err)
	}
	answer, err := c.chat(ctx, req, func(part api.Message) error { return deliver(ctx, opts, part) })
	if err != nil {
		return nil, fmt.Errorf("chatting with %s: %w", req.Model, err)
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{
		Content:          answer.Message.Content,
		ReasoningContent: answer.Message.Thinking,
		StopReason:       answer.DoneReason,
		GenerationInfo: map[string]any{
			"Model":              answer.Model,
			"PromptTokens":       answer.PromptEvalCount,
			"CompletionTokens":   answer.EvalCount,
			"TotalTokens":        answer.PromptEvalCount + answer.EvalCount,
			"TotalDuration":      answer.TotalDuration.Nanoseconds(),
			"LoadDuration":       answer.LoadDuration.Nanoseconds(),
			"PromptEvalDuration": answer.PromptEvalDuration.Nanoseconds(),
			"EvalDuration":       answer.EvalDuration.Nanoseconds(),
			"DoneReason":         answer.DoneReason,
		},
	}}}, nil
}

// Call implements llms.Model. It calls [Client.GenerateContent] with one human
// message and returns the text of the answer.
func (c *Client) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, c, prompt, options...)
}

// deliver passes a piece of the answer to the streaming functions of the call.
func deliver(ctx context.Context, opts llms.CallOptions, part api.Message) error {
	if opts.StreamingReasoningFunc != nil && part.Thinking+part.Content != "" {
		if err := opts.StreamingReasoningFunc(ctx, []byte(part.Thinking), []byte(part.Content)); err != nil {
			return err
		}
	}
	if opts.StreamingFunc != nil && part.Content != "" {
		return opts.StreamingFunc(ctx, []byte(part.Content))
	}
	return nil
}

const chatPath = "/api/chat"

// chat makes one request and passes every piece of the answer to the function
// each. It returns the whole answer, joined from its pieces. It returns an
// error unless the server marked the answer as complete.
func (c *Client) chat(ctx context.Context, req *api.ChatRequest, each func(api.Message) error) (*api.ChatResponse, error) {
	x := c.open()
	var answer api.ChatResponse
	var content, thinking strings.Builder
	var logprobs []api.Logprob
	var stopped error
	err := post(ctx, c, x, chatPath, req, func(part api.ChatResponse) error {
		content.WriteString(part.Message.Content)
		thinking.WriteString(part.Message.Thinking)
		logprobs = append(logprobs, part.Logprobs...)
		answer = part
		stopped = each(part.Message)
		return stopped
	})
	if stopped != nil {
		return nil, fmt.Errorf("the streaming function stopped the answer: %w", stopped)
	}
	if err != nil || !answer.Done {
		if err := c.explain(ctx, req.Model, x, err); err != nil {
			return nil, err
		}
		return nil, &GaveUpError{Address: c.Address(), Text: content.String()}
	}
	answer.Message.Content, answer.Message.Thinking, answer.Logprobs = content.String(), thinking.String(), logprobs
	return &answer, nil
}
