package call

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// request is what one call asks of the model. Requests with the same key are
// made once by a caller.
type request struct {
	step      string
	version   string // of the prompt, with its language
	language  string
	origin    prompts.Origin // of the prompt, in a registry
	messages  []llms.MessageContent
	probe     bool // for the next token's probabilities instead of text
	maxTokens int
	schema    map[string]any // of the text; nil for free text
	// temperature and seed sample drafts that differ; 0 is greedy.
	temperature float64
	seed        int
	think       bool // the model may think first
	limit       int  // of the text; what maxTokens has beyond it is for what the model thinks
}

// requestOf makes the request of a prompt.
func requestOf(p prompts.Prompt) request {
	return request{step: p.Name, version: p.Version, language: p.Language, origin: p.Origin, messages: MessagesOf(p)}
}

// key tells requests apart.
func (r request) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%t %d %g %d %t\n", r.probe, r.maxTokens, r.temperature, r.seed, r.think)
	if r.schema != nil {
		schema, _ := json.Marshal(r.schema) // a map of strings and lists: it cannot fail
		b.Write(schema)
	}
	b.WriteString(promptText(r.messages))
	return b.String()
}

// reply is what a call brought: text, or the probabilities of the next token.
type reply struct {
	text               string
	next               map[string]float64
	prompt, completion int  // tokens
	cached             int  // tokens of the prompt that the server had cached; -1 when it does not say
	cut                bool // something else than the model ended the text

	model string    // as the server names it; may be empty
	first time.Time // when the first piece of a streamed text came
}

// estimate counts the tokens that the server did not.
func (r *reply) estimate(of request) {
	r.prompt, r.completion = text.Tokens(promptText(of.messages)), max(r.completion, text.Tokens(r.text))
}

// MessagesOf makes langchaingo messages of a rendered prompt.
func MessagesOf(p prompts.Prompt) []llms.MessageContent {
	roles := map[string]llms.ChatMessageType{
		"system": llms.ChatMessageTypeSystem, "user": llms.ChatMessageTypeHuman, "assistant": llms.ChatMessageTypeAI,
	}
	out := make([]llms.MessageContent, len(p.Messages))
	for i, m := range p.Messages {
		out[i] = llms.TextParts(roles[m.Role], m.Text)
	}
	return out
}

// promptText is all that a model reads of messages, with their roles.
func promptText(messages []llms.MessageContent) string {
	var b strings.Builder
	for _, m := range messages {
		b.WriteString("\x00" + string(m.Role) + "\x00")
		for _, part := range m.Parts {
			if t, ok := part.(llms.TextContent); ok {
				b.WriteString(t.Text)
			}
		}
	}
	return b.String()
}
