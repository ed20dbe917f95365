package prompts

import (
	"regexp"
	"strings"
)

// Data makes untrusted text safe to stand in a prompt: control marks of chat
// formats are broken up, so that the text cannot end its turn or start
// another, and bracketed numbers become round ones, so that it cannot pose as
// a citation. The text stays readable for the model.
func Data(text string) string {
	return bracketedNumber.ReplaceAllString(Unmarked(text), "($1)")
}

// Unmarked breaks up the control marks only: for prompts that cite nothing by
// number and must show the text as it is.
func Unmarked(text string) string { return controlMarks.Replace(text) }

// controlMarks covers the turn marks of ChatML (Qwen, SmolLM), Llama 2 and 3,
// Mistral, Gemma and Phi: models read them as control tokens wherever they
// stand. The last is where Ollama puts a picture: it refuses prompts for
// models that see with a picture that is not there.
var controlMarks = strings.NewReplacer("<|>", "< | >", "<|", "< |", "|>", "| >", "[INST]", "(INST)", "[/INST]", "(/INST)",
	"<<SYS>>", "(SYS)", "<</SYS>>", "(/SYS)", "<s>", "< s>", "</s>", "< /s>",
	"<start_of_turn>", "(start_of_turn)", "<end_of_turn>", "(end_of_turn)",
	"<think>", "(think)", "</think>", "(/think)", "<bos>", "(bos)", "<eos>", "(eos)", "[img-", "(img-")

var bracketedNumber = regexp.MustCompile(`[\[［【]\s*(\d+(?:\s*[,;]\s*\d+)*)\s*[\]］】]`)
