package conversation

import (
	"strings"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// withQuestionBefore makes a follow-up question complete as far as that goes
// without a model: it stands behind the last question that was complete in
// itself. Answers are left out: what they say would outweigh what is asked.
func withQuestionBefore(in prompts.Standalone) string {
	if !followsUp(in.Question) {
		return in.Question
	}
	first := ""
	for i := len(in.History) - 1; i >= 0; i-- {
		asked, ok := strings.CutPrefix(in.History[i], "User: ")
		if !ok {
			continue
		}
		if first = asked; !followsUp(asked) {
			break
		}
	}
	return strings.TrimSpace(text.Shortened(first, longestStandalone) + " " + in.Question)
}

// followsUp reports whether a question seems to be about what was said before:
// it points back, or hardly says what it is about. One word may do where it is a
// name: "Who leads Tidegate?"
func followsUp(question string) bool {
	if holdsPointer(question) || begins(question, "and ", "what about ", "how about ") {
		return true
	}
	content := strings.Fields(text.WithoutAsking(question))
	return len(content) == 0 || len(content) == 1 && len(text.MarkedNames(content[0])) == 0
}
