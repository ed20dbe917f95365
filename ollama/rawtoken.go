package ollama

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ollama/ollama/api"
)

// NextTokenAfter is like [Client.NextToken], but continues a bare text instead
// of a chat. The server does not apply the model's template. It adds only the
// control token that begins every text, if the model has one. NextTokenAfter is
// for models that were trained on a prompt of their own form, such as
// rerankers. Control tokens that occur in text take effect, so the caller must
// break them up in parts that others wrote.
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

// formats returns the constraints with which one token is requested, in the
// order of the requests. The first is no constraint. The second excludes the
// end of the turn and tokens that are only a part of a character.
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
		// Without a prompt the server only loads the model.
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
