package openai

// folded are messages without those of the system, whose text goes to the beginning of the user's next turn, and without two turns
// of one role in a row: so models want them that know only a user and an assistant in turn.
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

// joined is the content of two messages as one.
func joined(a, b any) any {
	first, isText := a.(string)
	second, bothText := b.(string)
	if isText && bothText {
		return first + "\n\n" + second
	}
	return append(partsOf(a), partsOf(b)...)
}

// partsOf is content as a list of its parts.
func partsOf(content any) []part {
	switch c := content.(type) {
	case string:
		return []part{{Type: "text", Text: c}}
	case []part:
		return c
	}
	return nil
}
