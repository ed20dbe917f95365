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

// request is one call of the model. A Caller sends requests with the same key
// only once.
type request struct {
	step      string
	version   string // version of the prompt, with its language
	language  string
	origin    prompts.Origin // origin of the prompt in a registry
	messages  []llms.MessageContent
	probe     bool // ask for the probabilities of the next token instead of text
	maxTokens int
	schema    map[string]any // schema of the text; nil for free text
	// temperature and seed vary sampled drafts; temperature 0 is greedy.
	temperature float64
	seed        int
	think       bool // the model may think first
	limit       int  // tokens of the text; the rest of maxTokens is for the model's thoughts
}

// requestOf returns the request for a prompt.
func requestOf(p prompts.Prompt) request {
	return request{step: p.Name, version: p.Version, language: p.Language, origin: p.Origin, messages: MessagesOf(p)}
}

// key returns the string that identifies equal requests.
func (r request) key() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%t %d %g %d %t\n", r.probe, r.maxTokens, r.temperature, r.seed, r.think)
	if r.schema != nil {
		schema, _ := json.Marshal(r.schema) // cannot fail, because it is a map of strings and lists
		b.Write(schema)
	}
	b.WriteString(promptText(r.messages))
	return b.String()
}

// reply is the result of a call: text, or the probabilities of the next token.
type reply struct {
	text               string
	next               map[string]float64
	prompt, completion int  // in tokens
	cached             int  // tokens of the prompt in the server's cache; -1 if unknown
	cut                bool // something other than the model ended the text, such as a limit

	model string    // the name that the server gives; may be empty
	first time.Time // arrival of the first piece of a streamed text
}

// estimate fills in estimates for token counts that the server did not report.
func (r *reply) estimate(of request) {
	r.prompt, r.completion = text.Tokens(promptText(of.messages)), max(r.completion, text.Tokens(r.text))
}

// MessagesOf returns a rendered prompt as langchaingo messages.
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

// promptText returns all text of messages with their roles.
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
