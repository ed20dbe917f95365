package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ollama/ollama/api"
)

// NextTokenAfter is [Client.NextToken] after a bare text instead of a chat: no template of the model is put around it, and of
// control tokens only the one that begins every text is put before it, where the model has one. For models that were trained
// on a form of their own, such as rerankers. The text is read as the model's own, so control marks in it count: break them up
// in what others wrote.
func (c *Client) NextTokenAfter(ctx context.Context, text string) (probs map[string]float64, promptTokens int, err error) {
	req, err := c.rawRequest(text)
	if err != nil {
		return nil, 0, fmt.Errorf("reading token probabilities from Ollama: %w", err)
	}
	for _, format := range formats() {
		req.Format = format
		answer, err := c.generate(ctx, req)
		if err != nil {
			return nil, 0, fmt.Errorf("reading token probabilities of %s: %w", req.Model, err)
		}
		promptTokens = answer.PromptEvalCount
		if len(answer.Logprobs) > 0 && len(answer.Logprobs[0].TopLogprobs) > 0 {
			return toProbabilities(answer.Logprobs[0].TopLogprobs), promptTokens, nil
		}
	}
	return nil, promptTokens, nil
}

// formats are the constraints under which one token is asked for, in turn: none, and one under which the model can neither end
// its turn nor say a part of a character.
func formats() []json.RawMessage {
	return []json.RawMessage{nil, json.RawMessage(`{"type":"boolean"}`)}
}

func (c *Client) rawRequest(text string) (*api.GenerateRequest, error) {
	opts := c.callOptions(nil)
	opts.MaxTokens = 1
	switch {
	case opts.Model == "":
		return nil, errors.New("no model is named; set Config.Model")
	case text == "":
		// The server takes this for a wish to load the model.
		return nil, errors.New("there is no text to continue")
	}
	never := false
	return &api.GenerateRequest{
		Model:       opts.Model,
		Prompt:      text,
		Raw:         true,
		Stream:      &never,
		KeepAlive:   c.keepAlive(),
		Options:     c.samplerOptions(opts),
		Think:       &api.ThinkValue{Value: false},
		Truncate:    &never,
		Shift:       &never,
		Logprobs:    true,
		TopLogprobs: topTokens,
	}, nil
}

// generate makes one request whose answer comes in one piece.
func (c *Client) generate(ctx context.Context, req *api.GenerateRequest) (*api.GenerateResponse, error) {
	x := c.open()
	var answer api.GenerateResponse
	err := post(ctx, c, x, "/api/generate", req, func(whole api.GenerateResponse) error {
		answer = whole
		return nil
	})
	if err != nil || !answer.Done {
		if err := c.explain(ctx, req.Model, x, err); err != nil {
			return nil, err
		}
		return nil, fmt.Errorf("%w by Ollama at %s", ErrUnfinished, c.Address())
	}
	return &answer, nil
}
