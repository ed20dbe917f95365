package ollama

import (
	"fmt"
	"strings"

	"github.com/ollama/ollama/api"
	"github.com/tmc/langchaingo/llms"
)

// toMessages converts messages of langchaingo to messages of Ollama. It joins
// the texts of one message with line breaks.
func toMessages(messages []llms.MessageContent) ([]api.Message, error) {
	if len(messages) == 0 {
		return nil, fmt.Errorf("there is no message to answer")
	}
	out := make([]api.Message, len(messages))
	for i, m := range messages {
		role, err := toRole(m.Role)
		if err != nil {
			return nil, fmt.Errorf("message %d: %w", i+1, err)
		}
		text, images, err := toContent(m.Parts)
		if err != nil {
			return nil, fmt.Errorf("message %d (%s): %w", i+1, m.Role, err)
		}
		out[i] = api.Message{Role: role, Content: text, Images: images}
	}
	return out, nil
}

func toRole(role llms.ChatMessageType) (string, error) {
	switch role {
	case llms.ChatMessageTypeSystem:
		return "system", nil
	case llms.ChatMessageTypeHuman, llms.ChatMessageTypeGeneric:
		return "user", nil
	case llms.ChatMessageTypeAI:
		return "assistant", nil
	default:
		return "", fmt.Errorf("the role %q is not supported: use system, human, generic or ai", role)
	}
}

func toContent(parts []llms.ContentPart) (string, []api.ImageData, error) {
	var texts []string
	var images []api.ImageData
	for _, part := range parts {
		switch part := part.(type) {
		case llms.TextContent:
			texts = append(texts, part.Text)
		case llms.BinaryContent:
			if !strings.HasPrefix(part.MIMEType, "image/") {
				return "", nil, fmt.Errorf("content of type %q is not supported: use text or an image", part.MIMEType)
			}
			images = append(images, part.Data)
		case llms.ImageURLContent:
			return "", nil, fmt.Errorf("an image by URL is not supported: Ollama fetches nothing, send its bytes as llms.BinaryContent")
		default:
			return "", nil, fmt.Errorf("a part of type %T is not supported: use text or an image", part)
		}
	}
	return strings.Join(texts, "\n"), images, nil
}
