package conversation

import (
	"strings"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// withQuestionBefore completes a follow-up question without a model. It returns
// the last complete question followed by the follow-up question. Answers are
// left out, because their words would outweigh the words of the question.
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

// followsUp reports whether a question seems to refer to the conversation. Such
// a question contains a word that points back, such as "it", or hardly names a
// subject. One word is subject enough if it is a name, as in "Who leads
// Tidegate?"
func followsUp(question string) bool {
	if holdsPointer(question) || begins(question, "and ", "what about ", "how about ") {
		return true
	}
	content := strings.Fields(text.WithoutAsking(question))
	return len(content) == 0 || len(content) == 1 && len(text.MarkedNames(content[0])) == 0
}
