package ollama

import (
	"encoding/json"
	"errors"
	"fmt"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// schemaKey is the key of the JSON schema of the answer in a call's metadata.
const schemaKey = "json_schema"

// callOptions applies the options of a call to the client's settings. Thus an
// option that is set to zero, such as llms.WithTemperature(0), overrides its
// setting.
func (c *Client) callOptions(options []llms.CallOption) llms.CallOptions {
	opts := llms.CallOptions{Model: c.cfg.Model, Temperature: c.cfg.Temperature, Seed: c.cfg.Seed}
	for _, option := range options {
		option(&opts)
	}
	if opts.Model == "" {
		opts.Model = c.cfg.Model
	}
	return opts
}

func (c *Client) chatRequest(messages []llms.MessageContent, opts llms.CallOptions) (*api.ChatRequest, error) {
	if opts.Model == "" {
		return nil, errors.New("no model is named; set Config.Model or pass llms.WithModel")
	}
	if err := refuse(opts); err != nil {
		return nil, err
	}
	converted, err := toMessages(messages)
	if err != nil {
		return nil, err
	}
	format, err := toFormat(opts)
	if err != nil {
		return nil, err
	}
	stream := opts.StreamingFunc != nil || opts.StreamingReasoningFunc != nil
	never := false
	return &api.ChatRequest{
		Model:     opts.Model,
		Messages:  converted,
		Stream:    &stream,
		Format:    format,
		KeepAlive: c.keepAlive(),
		Options:   c.samplerOptions(opts),
		Think:     c.think(opts),
		// Otherwise the server drops the oldest messages if a prompt is too
		// long, and the oldest half of the context if an answer becomes too
		// long. The answer would then cite passages that the model no longer
		// has.
		Truncate: &never,
		Shift:    &never,
	}, nil
}

// samplerOptions returns the options that are sent to the server. An option
// that is left out has its value from the model's own settings.
func (c *Client) samplerOptions(opts llms.CallOptions) map[string]any {
	m := map[string]any{
		"num_ctx":     c.cfg.ContextTokens,
		"temperature": opts.Temperature,
		"seed":        opts.Seed,
	}
	if opts.MaxTokens > 0 {
		m["num_predict"] = opts.MaxTokens
	}
	if len(opts.StopWords) > 0 {
		m["stop"] = opts.StopWords
	}
	if opts.TopK != 0 {
		m["top_k"] = opts.TopK
	}
	for name, value := range map[string]float64{
		"top_p":             opts.TopP,
		"repeat_penalty":    opts.RepetitionPenalty,
		"frequency_penalty": opts.FrequencyPenalty,
		"presence_penalty":  opts.PresencePenalty,
	} {
		if value != 0 {
			m[name] = value
		}
	}
	return m
}

// think returns whether the model may reason. It never returns nil, because a
// model that can reason does so unless the request forbids it.
func (c *Client) think(opts llms.CallOptions) *api.ThinkValue {
	on := c.cfg.Think
	if asked, ok := opts.Metadata["thinking_config"].(*llms.ThinkingConfig); ok && asked != nil {
		on = asked.Mode != llms.ThinkingModeNone
	}
	return &api.ThinkValue{Value: on}
}

func (c *Client) keepAlive() *api.Duration {
	if c.cfg.KeepAlive == 0 {
		return nil
	}
	return &api.Duration{Duration: c.cfg.KeepAlive}
}

// toFormat returns the constraint on the answer: a JSON schema, the string
// "json", or nil. A schema is returned as an object, because the server does
// not apply a schema in a string.
func toFormat(opts llms.CallOptions) (json.RawMessage, error) {
	given, ok := opts.Metadata[schemaKey]
	if !ok || given == nil {
		if opts.JSONMode || opts.ResponseMIMEType == "application/json" {
			return json.RawMessage(`"json"`), nil
		}
		return nil, nil
	}
	var schema json.RawMessage
	switch given := given.(type) {
	case json.RawMessage:
		schema = given
	case []byte:
		schema = given
	case string:
		schema = json.RawMessage(given)
	default:
		var err error
		if schema, err = json.Marshal(given); err != nil {
			return nil, fmt.Errorf("writing the JSON schema of the answer: %w", err)
		}
	}
	var object map[string]json.RawMessage
	if err := json.Unmarshal(schema, &object); err != nil {
		return nil, fmt.Errorf("the JSON schema of the answer is not a JSON object: %w", err)
	}
	return schema, nil
}

// refuse returns an error if an option is not supported and ignoring it would
// change the answer.
func refuse(opts llms.CallOptions) error {
	switch {
	case len(opts.Tools) > 0 || len(opts.Functions) > 0:
		return errors.New("tools are not supported by this client")
	case opts.N > 1 || opts.CandidateCount > 1:
		return errors.New("Ollama gives one answer a call; call again with another llms.WithSeed for more")
	case opts.MinLength > 0 || opts.MaxLength > 0:
		return errors.New("Ollama has no minimum or maximum length; use llms.WithMaxTokens")
	}
	return nil
}
