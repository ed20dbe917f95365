package prompts

import (
	"regexp"
	"strings"
)

// Data makes untrusted text safe in a prompt. It breaks up control marks of
// chat formats, so that the text cannot end its turn or start another, and
// turns brackets around numbers into parentheses, so that it cannot pose as a
// citation. The text stays readable for the model.
func Data(text string) string {
	return bracketedNumber.ReplaceAllString(Unmarked(text), "($1)")
}

// Unmarked only breaks up control marks. It is for prompts that cite nothing by
// number and must show the text as it is.
func Unmarked(text string) string { return controlMarks.Replace(text) }

// controlMarks replaces the turn marks of ChatML (Qwen, SmolLM), Llama 2 and 3,
// Mistral, Gemma and Phi, which models read as control tokens anywhere. The
// last one marks the place of a picture in Ollama, which refuses prompts that
// name a missing picture.
var controlMarks = strings.NewReplacer("<|>", "< | >", "<|", "< |", "|>", "| >", "[INST]", "(INST)", "[/INST]", "(/INST)",
	"<<SYS>>", "(SYS)", "<</SYS>>", "(/SYS)", "<s>", "< s>", "</s>", "< /s>",
	"<start_of_turn>", "(start_of_turn)", "<end_of_turn>", "(end_of_turn)",
	"<think>", "(think)", "</think>", "(/think)", "<bos>", "(bos)", "<eos>", "(eos)", "[img-", "(img-")

var bracketedNumber = regexp.MustCompile(`[\[［【]\s*(\d+(?:\s*[,;]\s*\d+)*)\s*[\]］】]`)
