package ollama

import (
	"context"
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// GenerateContent implements llms.Model. The response has one choice:
//
//   - Content is the text; what a model that reasons thought before it is in ReasoningContent.
//   - StopReason is "stop" when the model ended by itself or at a stop word, "length" when MaxTokens or the context cut it short.
//   - GenerationInfo holds PromptTokens, CompletionTokens and TotalTokens (int; see the package documentation for what the
//     server counts), LoadDuration, PromptEvalDuration, EvalDuration and TotalDuration (int64, nanoseconds), DoneReason (the same
//     as StopReason) and Model.
//
// Options honoured: Model, MaxTokens, Temperature, StopWords, Seed, TopK, TopP, the penalties, JSONMode, ResponseMIMEType,
// StreamingFunc, StreamingReasoningFunc, llms.WithThinking (on or off; levels are not told apart), and a JSON schema of the
// answer:
//
//	llms.WithMetadata(map[string]any{"json_schema": json.RawMessage(`{"type":"object", ...}`)})
//
// A model writes the properties in the order of the schema; a Go map has lost that order, json.RawMessage keeps it. StopWords
// take the place of stop words in the model's own settings, and what is left out is up to those: Ollama's default repeat penalty
// of 1.1 makes a model shy of words and citations it has just used, llms.WithRepetitionPenalty(1) turns it off. Tools, several
// candidates, and messages of tools are errors.
//
// When the last message is the model's own (ai), most models continue it instead of beginning another; see
// [Client.ContinuesPrefill].
//
// On error the response is nil, whatever was streamed before. The error wraps ctx.Err() when the context ended, the error of the
// streaming function when that stopped the answer, [ErrUnfinished] when the answer was broken off; or it is an
// [UnreachableError], [ModelMissingError], [ContextError] or [ServerError].
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

// Call implements llms.Model: [Client.GenerateContent] with one human message, and the text of its answer.
func (c *Client) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, c, prompt, options...)
}

// deliver hands a piece of the answer to those who asked for pieces.
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

// chat makes one request and returns the whole answer, put together from its pieces. Only an answer that the server called
// complete is returned without an error.
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
