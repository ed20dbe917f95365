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
		{"### Task:", "<chat_history>"},                                 // Open WebUI: titles, tags, follow-ups, queries
		{"### Task:", "### Output:"},                                    // Open WebUI with prompts of the administrator's
		{"Provide a concise, 5-word-or-less titl", "Conversation"},      // LibreChat
		{"Analyze this conversation and provide:", "detected language"}, // LibreChat
		{"Please generate a concise", "title", "conversation", "User:"}, // LibreChat's older ones
		{"Create a concise, 3-5 word", "title"},                         // Open WebUI before 0.5
		{"Generate a concise, 3-5 word", "title"},                       // and others after it
	}
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
