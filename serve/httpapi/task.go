package httpapi

import (
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// maxTaskTokens is the maximum length of the text for a task.
const maxTaskTokens = 300

// isTask reports whether a front end sent a request by itself: a request for a
// title, tags or follow-up questions for a conversation that it quotes. It
// requires the complete signature of a front end, because a person may ask for
// a title, too.
func isTask(messages []chatMessage) bool {
	var text string
	for _, m := range messages {
		if m.Role == "user" || m.Role == "system" {
			text = m.Content
		}
	}
	text = strings.TrimSpace(text)
	// Open WebUI quotes a conversation in a task, and documents beside a
	// question. Whichever comes first frames the other.
	if before, _, quotes := strings.Cut(text, "<chat_history>"); quotes && strings.HasPrefix(text, "### Task:") {
		return !strings.Contains(before, "<context>")
	}
	for _, signature := range taskSignatures() {
		all := strings.HasPrefix(text, signature[0])
		for _, mark := range signature[1:] {
			all = all && strings.Contains(text, mark)
		}
		if all {
			return true
		}
	}
	return false
}

// taskSignatures returns the signatures of front ends' tasks. The first text of
// each is the beginning of the task; the task contains the others.
func taskSignatures() [][]string {
	return [][]string{
		// Open WebUI, for the case that an administrator's prompt quotes the
		// conversation in another way
		{"### Task:\nGenerate a concise", "title"},
		{"### Task:\nGenerate 1-3 broad tags"},
		{"### Task:\nSuggest 3-5 relevant follow-up"},
		{"Provide a concise, 5-word-or-less titl", "Conversation"},      // LibreChat
		{"Analyze this conversation and provide:", "detected language"}, // LibreChat
		{"Please generate a concise", "title", "conversation", "User:"}, // older versions of LibreChat
		{"Create a concise, 3-5 word", "title"},                         // Open WebUI before 0.5
		{"Generate a concise, 3-5 word", "title"},                       // other versions after it
	}
}

// withoutContext returns a person's question without the texts that Open WebUI
// put in front of it: those of a file, a knowledge base or a web search.
func withoutContext(text string) string {
	trimmed := strings.TrimSpace(text)
	end := strings.LastIndex(trimmed, "</context>")
	if !strings.HasPrefix(trimmed, "### Task:") || end < 0 || !strings.Contains(trimmed[:end], "<context>") {
		return text
	}
	asked := trimmed[end+len("</context>"):]
	asked = strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(asked), "<user_query>"), "</user_query>")
	if asked = strings.TrimSpace(asked); asked == "" {
		return text
	}
	return asked
}

func messagesOf(messages []chatMessage) []llms.MessageContent {
	var out []llms.MessageContent
	for _, m := range messages {
		role := llms.ChatMessageTypeHuman
		switch m.Role {
		case "system", "developer":
			role = llms.ChatMessageTypeSystem
		case "assistant":
			role = llms.ChatMessageTypeAI
		case "tool", "function":
			continue
		}
		out = append(out, llms.TextParts(role, m.Content))
	}
	return out
}
