package openai

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// schemaKey is the key of the JSON schema of the answer in a call's metadata.
const schemaKey = "json_schema"

// message is one message of a request.
type message struct {
	Role    string `json:"role"`
	Content any    `json:"content"` // a string, or []part if the message has images
}

type part struct {
	Type     string    `json:"type"`
	Text     string    `json:"text,omitempty"`
	ImageURL *imageURL `json:"image_url,omitempty"`
}

type imageURL struct {
	URL    string `json:"url"`
	Detail string `json:"detail,omitempty"`
}

// callOptions applies the options of a call to the client's settings. Thus an
// option that is set to zero, such as llms.WithTemperature(0), overrides its
// setting.
func (c *Client) callOptions(options []llms.CallOption) llms.CallOptions {
	opts := llms.CallOptions{Model: c.cfg.Model, Temperature: c.cfg.Temperature}
	for _, option := range options {
		option(&opts)
	}
	if opts.Model == "" {
		opts.Model = c.cfg.Model
	}
	return opts
}

// body returns the fields of a request by name.
func (c *Client) body(messages []llms.MessageContent, opts llms.CallOptions) (map[string]any, error) {
	switch {
	case opts.Model == "":
		return nil, errors.New("no model is named; set Config.Model or pass llms.WithModel")
	case len(opts.Tools) > 0 || len(opts.Functions) > 0:
		return nil, errors.New("tools are not supported by this client")
	case opts.N > 1 || opts.CandidateCount > 1:
		return nil, errors.New("several candidates are not supported; call again with another llms.WithSeed for more")
	case opts.MinLength > 0 || opts.MaxLength > 0:
		return nil, errors.New("the API has no minimum or maximum length; use llms.WithMaxTokens")
	}
	converted, err := toMessages(messages)
	if err != nil {
		return nil, err
	}
	fields := map[string]any{"model": opts.Model, "messages": converted, "temperature": opts.Temperature}
	maps.Copy(fields, c.cfg.Extra)
	set := func(name string, value any, given bool) {
		if given {
			fields[name] = value
		}
	}
	set("max_tokens", opts.MaxTokens, opts.MaxTokens > 0)
	set("stop", opts.StopWords, len(opts.StopWords) > 0)
	set("seed", opts.Seed, opts.Seed != 0)
	set("top_p", opts.TopP, opts.TopP != 0)
	set("frequency_penalty", opts.FrequencyPenalty, opts.FrequencyPenalty != 0)
	set("presence_penalty", opts.PresencePenalty, opts.PresencePenalty != 0)
	// OpenAI's own server has neither of these two fields, and refuses fields
	// that it does not have. Other servers use or ignore them. vLLM takes the
	// penalty from the model's own settings unless the request sets it.
	others := !strings.HasPrefix(c.address, "https://api.openai.com/")
	set("top_k", opts.TopK, opts.TopK != 0 && others)
	set("repetition_penalty", opts.RepetitionPenalty, opts.RepetitionPenalty != 0 && others)
	format, err := toFormat(opts)
	if err != nil {
		return nil, err
	}
	set("response_format", format, format != nil)
	if opts.StreamingFunc != nil || opts.StreamingReasoningFunc != nil {
		fields["stream"] = true
		fields["stream_options"] = map[string]any{"include_usage": true}
	}
	return fields, nil
}

// toMessages converts messages of langchaingo to messages of the API. It joins
// the texts of one message with line breaks.
func toMessages(messages []llms.MessageContent) ([]message, error) {
	if len(messages) == 0 {
		return nil, errors.New("there is no message to answer")
	}
	roles := map[llms.ChatMessageType]string{
		llms.ChatMessageTypeSystem: "system", llms.ChatMessageTypeHuman: "user", llms.ChatMessageTypeGeneric: "user",
		llms.ChatMessageTypeAI: "assistant",
	}
	out := make([]message, len(messages))
	for i, m := range messages {
		role, ok := roles[m.Role]
		if !ok {
			return nil, fmt.Errorf("message %d: the role %q is not supported: use system, human, generic or ai", i+1, m.Role)
		}
		content, err := toContent(m.Parts)
		if err != nil {
			return nil, fmt.Errorf("message %d (%s): %w", i+1, m.Role, err)
		}
		out[i] = message{role, content}
	}
	return out, nil
}

func toContent(parts []llms.ContentPart) (any, error) {
	var texts []string
	var pictures []part
	for _, p := range parts {
		switch p := p.(type) {
		case llms.TextContent:
			texts = append(texts, p.Text)
		case llms.ImageURLContent:
			pictures = append(pictures, part{Type: "image_url", ImageURL: &imageURL{p.URL, p.Detail}})
		case llms.BinaryContent:
			if !strings.HasPrefix(p.MIMEType, "image/") {
				return nil, fmt.Errorf("content of type %q is not supported: use text or an image", p.MIMEType)
			}
			data := "data:" + p.MIMEType + ";base64," + base64.StdEncoding.EncodeToString(p.Data)
			pictures = append(pictures, part{Type: "image_url", ImageURL: &imageURL{URL: data}})
		default:
			return nil, fmt.Errorf("a part of type %T is not supported: use text or an image", p)
		}
	}
	text := strings.Join(texts, "\n")
	if len(pictures) == 0 {
		return text, nil
	}
	if text != "" {
		pictures = append([]part{{Type: "text", Text: text}}, pictures...)
	}
	return pictures, nil
}
