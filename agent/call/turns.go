package call

import "strings"

// turnBegins returns the marks that a server leaves before a text if it does not
// know the template of the model. turnEnds returns the marks that it leaves after
// the text. What follows an end mark is a turn that the model made up.
func turnBegins() []string {
	return []string{
		"<|START_RESPONSE|>", "<|im_start|>assistant", "<|start_header_id|>assistant<|end_header_id|>", "<|assistant|>", "<start_of_turn>model",
		"[|assistant|]", "<|start|>assistant", "<|channel|>final<|message|>", "<|message|>", "<｜Assistant｜>", "<|begin_of_box|>", "<s>",
	}
}

func turnEnds() []string {
	return []string{
		"<|END_RESPONSE|>", "<|im_end|>", "<|im_start|>", "<|eot_id|>", "<|start_header_id|>", "<|end_of_text|>", "<|endoftext|>", "<|end|>",
		"<|return|>", "<|start|>", "<end_of_turn>", "<start_of_turn>", "[|endofturn|]", "<|END_OF_TURN_TOKEN|>", "<｜end▁of▁sentence｜>", "<|end_of_box|>",
	}
}

// withoutTurns removes the marks of turns and channels from both ends of a text.
func withoutTurns(text string) string {
	for again := true; again; {
		again = false
		for _, mark := range turnBegins() {
			if rest, ok := strings.CutPrefix(strings.TrimSpace(text), mark); ok {
				text, again = rest, true
			}
		}
	}
	for _, mark := range turnEnds() {
		text, _, _ = strings.Cut(text, mark)
	}
	return strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(text), "</s>"))
}
