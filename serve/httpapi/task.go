package httpapi

import (
	"strings"

	"github.com/tmc/langchaingo/llms"
)

// maxTaskTokens is the maximum length in tokens of the text that the model
// writes for a front end, such as a title. See isTask.
const maxTaskTokens = 300

// isTask reports whether a front end, and not a person, made a request. Such a
// request quotes a conversation and asks for a title, tags or follow-up
// questions. isTask returns true only for texts that contain all phrases that a
// known front end uses, because a person may ask for a title, too.
func isTask(messages []chatMessage) bool {
	var text string
	for _, m := range messages {
		if m.Role == "user" || m.Role == "system" {
			text = m.Content
		}
	}
	text = strings.TrimSpace(text)
	// In a task, Open WebUI quotes a conversation inside <chat_history>, and
	// the conversation may contain the text <context>. Beside a question, Open
	// WebUI quotes documents inside <context>, and a document may contain the
	// text <chat_history>. So the text that comes first decides.
	if before, _, quotes := strings.Cut(text, "<chat_history>"); quotes && strings.HasPrefix(text, "### Task:") {
		return !strings.Contains(before, "<context>")
	}
	if matches(text, taskSignatures()) {
		return true
	}
	first := messages[0]
	return first.Role == "system" && matches(strings.TrimSpace(first.Content), systemSignatures())
}

// matches reports whether a text begins with the first text of one of the
// signatures and contains the other texts of that signature.
func matches(text string, signatures [][]string) bool {
	for _, signature := range signatures {
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

// taskSignatures returns the signatures of front ends' tasks, as matches reads
// them.
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
		{"Generate a concise, 3-5 word", "title"},                       // other versions of Open WebUI
		{"Please generate a four to five word title summarizing our"},   // NextChat
		{"Summarize the discussion briefly in 200 words or less to"},    // NextChat
		{"Given the following... please reply with a title for the"},    // Continue
	}
}

// systemSignatures returns the signatures of tasks whose instruction is the
// system message, while the user's message quotes the conversation.
func systemSignatures() [][]string {
	return [][]string{
		{"You are a professional conversation summarizer. Generate a concise title"},    // LobeChat
		{"You are a conversation-savvy assistant. Summarize the conversation", "title"}, // older versions of LobeChat
	}
}

// withoutContext returns a person's question without the texts that Open WebUI
// put in front of it: texts of a file, a knowledge base or a web search.
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
