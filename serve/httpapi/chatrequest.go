package httpapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/conversation"
	"selfrag/serve"
)

// chatRequest holds the fields of a chat completion request that have an
// effect. Sampling settings, tools and system prompts are accepted and ignored,
// because answers come from the documents and are made with the prompts of this
// service.
type chatRequest struct {
	Model         string        `json:"model"`
	Messages      []chatMessage `json:"messages"`
	Stream        bool          `json:"stream"`
	StreamOptions *struct {
		IncludeUsage bool `json:"include_usage"`
	} `json:"stream_options"`
	Stop                stopWords       `json:"stop"`
	N                   *meant          `json:"n"`
	MaxTokens           *meant          `json:"max_tokens"`
	MaxCompletionTokens *meant          `json:"max_completion_tokens"`
	ResponseFormat      *responseFormat `json:"response_format"`
	User                userID          `json:"user"`
	Selfrag             *struct {
		MaxIterations whole `json:"max_iterations"`
		searchFields
	} `json:"selfrag"`
}

// responseFormat is the form of the text that the caller wants.
type responseFormat struct {
	Type       string `json:"type"`
	JSONSchema struct {
		Schema json.RawMessage `json:"schema"`
	} `json:"json_schema"`
}

// options returns the options for a call of the model that make it write in this
// form. f may be nil.
func (f *responseFormat) options() []llms.CallOption {
	if f == nil {
		return nil
	}
	schema := f.JSONSchema.Schema
	switch {
	case f.Type == "json_schema" && len(schema) > 0 && string(schema) != "null":
		return []llms.CallOption{llms.WithJSONMode(), llms.WithMetadata(map[string]any{"json_schema": schema})}
	case f.Type == "json_schema", f.Type == "json_object":
		return []llms.CallOption{llms.WithJSONMode()}
	}
	return nil
}

// chatMessage is a message. Its content may be a text or a list of parts.
type chatMessage struct {
	Role    string
	Content string
	// Other names the type of a part that is not text, such as image_url.
	Other string
}

// UnmarshalJSON implements json.Unmarshaler.
func (m *chatMessage) UnmarshalJSON(b []byte) error {
	var raw struct {
		Role    string          `json:"role"`
		Content json.RawMessage `json:"content"`
	}
	if err := json.Unmarshal(b, &raw); err != nil {
		return err
	}
	*m = chatMessage{Role: raw.Role}
	if len(raw.Content) == 0 || string(raw.Content) == "null" {
		return nil
	}
	if json.Unmarshal(raw.Content, &m.Content) == nil {
		return nil
	}
	var parts []part
	if json.Unmarshal(raw.Content, &parts) != nil {
		m.Other = "unknown"
		return nil //nolint:nilerr // refused in the last turn, ignored in earlier ones
	}
	var texts []string
	for _, p := range parts {
		switch p.Type {
		case "", "text", "input_text", "output_text":
			texts = append(texts, p.Text)
		default:
			m.Other = p.Type
		}
	}
	m.Content = strings.Join(texts, "\n")
	return nil
}

// part is one part of the content of a message: an object or a bare text.
type part struct{ Type, Text string }

// UnmarshalJSON implements json.Unmarshaler.
func (p *part) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, &p.Text) == nil {
		return nil
	}
	var object struct {
		Type string          `json:"type"`
		Text json.RawMessage `json:"text"`
	}
	if err := json.Unmarshal(b, &object); err != nil {
		return err
	}
	p.Type = object.Type
	_ = json.Unmarshal(object.Text, &p.Text) // a value of another type is not text
	return nil
}

// meant is a whole number as clients of OpenAI's API send it: 256, 256.0 or
// "256".
type meant int

// UnmarshalJSON implements json.Unmarshaler.
func (n *meant) UnmarshalJSON(b []byte) error {
	var w whole
	err := w.UnmarshalJSON(bytes.Trim(b, `"`))
	*n = meant(w)
	return err
}

// userID is the id of the person who uses a chat product. Some products send a
// value of another type in this field. It is ignored.
type userID string

// UnmarshalJSON implements json.Unmarshaler.
func (u *userID) UnmarshalJSON(b []byte) error {
	var text string
	if json.Unmarshal(b, &text) == nil {
		*u = userID(text)
	}
	return nil
}

// stopWords is a text, a list of up to four texts, or null.
type stopWords []string

// UnmarshalJSON implements json.Unmarshaler.
func (s *stopWords) UnmarshalJSON(b []byte) error {
	var one string
	if json.Unmarshal(b, &one) == nil {
		*s = nil
		if one != "" {
			*s = stopWords{one}
		}
		return nil
	}
	var many []string
	if err := json.Unmarshal(b, &many); err != nil {
		return errors.New("stop must be a text or a list of texts")
	}
	*s = many
	return nil
}

// check returns an error if the request asks for something that the server
// cannot do, such as several answers.
func (r *chatRequest) check() error {
	if r.Model == "" {
		return serve.Wrong("model", "name a model; GET /v1/models lists them")
	}
	if len(r.Messages) == 0 {
		return serve.Wrong("messages", "there are no messages")
	}
	if err := r.checkTurn(); err != nil {
		return err
	}
	if r.N != nil && *r.N != 1 {
		return serve.Wrong("n", "there is one answer: n must be 1")
	}
	if len(r.Stop) > 4 {
		return serve.Wrong("stop", "there are more than four stop sequences")
	}
	for _, stop := range r.Stop {
		if stop == "" {
			return serve.Wrong("stop", "a stop sequence is empty")
		}
	}
	for _, n := range []*meant{r.MaxTokens, r.MaxCompletionTokens} {
		if n != nil && *n < 1 {
			return serve.Wrong("max_tokens", "there must be room for at least one token")
		}
	}
	return nil
}

// checkForm returns an error if a question asks for an answer that is not text. Other
// tasks of front ends, such as titles, may ask for JSON.
func (r *chatRequest) checkForm() error {
	if f := r.ResponseFormat; f != nil && f.Type != "" && f.Type != "text" {
		return serve.Wrong("response_format", "answers are text: %q is not supported", f.Type)
	}
	return nil
}

// checkTurn refuses a last turn that has parts other than text. Pictures and
// calls of tools in earlier turns are ignored.
func (r *chatRequest) checkTurn() error {
	for i := len(r.Messages) - 1; i >= 0; i-- {
		switch m := r.Messages[i]; m.Role {
		case "user":
			if m.Other != "" {
				return serve.Wrong("messages", "parts of type %q cannot be read: send text", m.Other)
			}
			return nil
		case "system", "developer", "assistant", "tool", "function":
		default:
			return serve.Wrong("messages", "there is no role %q", m.Role)
		}
	}
	return nil
}

// maxTokens returns the caller's limit, or 0 if there is none.
func (r *chatRequest) maxTokens() int {
	switch {
	case r.MaxCompletionTokens != nil:
		return int(*r.MaxCompletionTokens)
	case r.MaxTokens != nil:
		return int(*r.MaxTokens)
	}
	return 0
}

// question returns the user's last message as a question, with the exchanges
// before it as its history.
func (r *chatRequest) question(m serve.ModelInfo) (serve.Question, error) {
	q := serve.Question{Collection: m.Collection, AskOptions: serve.AskOptions{Strategy: m.Strategy}}
	last := -1
	for i, message := range r.Messages {
		if message.Role == "user" {
			last = i
		}
	}
	if last < 0 {
		return q, serve.Wrong("messages", "no message is the user's")
	}
	q.Text = withoutContext(r.Messages[last].Content)
	for _, message := range r.Messages[:last] {
		switch message.Role {
		case "user":
			q.History = append(q.History, conversation.Exchange{Question: withoutContext(message.Content)})
		case "assistant":
			if n := len(q.History); n > 0 {
				q.History[n-1].Answer = message.Content
			}
		}
	}
	if r.Selfrag != nil {
		var err error
		if q.SearchOptions, err = r.Selfrag.options(); err != nil {
			return q, err
		}
		q.MaxIterations = int(r.Selfrag.MaxIterations)
	}
	return q, nil
}
