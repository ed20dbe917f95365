package openai

// folded returns the messages for a model that accepts only messages of user
// and assistant, in turn. It moves the text of system messages to the beginning
// of the user's next turn, and merges consecutive messages of one role.
func folded(messages []message) []message {
	var out []message
	for _, m := range messages {
		if m.Role == "system" || m.Role == "developer" {
			m.Role = "user"
		}
		if last := len(out) - 1; last >= 0 && out[last].Role == m.Role {
			out[last].Content = joined(out[last].Content, m.Content)
			continue
		}
		out = append(out, m)
	}
	return out
}

// joined returns the contents of two messages as the content of one.
func joined(a, b any) any {
	first, isText := a.(string)
	second, bothText := b.(string)
	if isText && bothText {
		return first + "\n\n" + second
	}
	return append(partsOf(a), partsOf(b)...)
}

// partsOf returns the content of a message as a list of parts.
func partsOf(content any) []part {
	switch c := content.(type) {
	case string:
		return []part{{Type: "text", Text: c}}
	case []part:
		return c
	}
	return nil
}
