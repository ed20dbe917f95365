package httpapi

import (
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// maxTaskTokens bounds what is written for a task.
const maxTaskTokens = 300

// isTask tells requests that a front end sends by itself from questions of
// people: for a title, tags or follow-ups of a conversation that it quotes. The
// whole signature of a front end must be there; a person may ask for a title.
func isTask(messages []chatMessage) bool {
	var text string
	for _, m := range messages {
		if m.Role == "user" || m.Role == "system" {
			text = m.Content
		}
	}
	text = strings.TrimSpace(text)
	// Open WebUI quotes a conversation in a task, and documents beside a
	// question. What comes first frames the other.
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

// taskSignatures are how the tasks of front ends begin, and what else is in
// them.
func taskSignatures() [][]string {
	return [][]string{
		// Open WebUI, where an administrator's prompt quotes in another way
		{"### Task:\nGenerate a concise", "title"},
		{"### Task:\nGenerate 1-3 broad tags"},
		{"### Task:\nSuggest 3-5 relevant follow-up"},
		{"Provide a concise, 5-word-or-less titl", "Conversation"},      // LibreChat
		{"Analyze this conversation and provide:", "detected language"}, // LibreChat
		{"Please generate a concise", "title", "conversation", "User:"}, // LibreChat's older ones
		{"Create a concise, 3-5 word", "title"},                         // Open WebUI before 0.5
		{"Generate a concise, 3-5 word", "title"},                       // and others after it
	}
}

// withoutContext is what a person asked, where Open WebUI has put texts of its
// own in front of it: those of a file, a knowledge base or a search of the web.
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
