package questions

import (
	"context"
	"regexp"
	"strings"

	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// pointsAtText matches a question that speaks of the sentence itself, and not of
// its subject.
var pointsAtText = regexp.MustCompile(`(?i)\b(?:sentence|passage|answer|quote|the text)\b|(?:^|\s)(?:문장|지문|본문|정답|답변|위\s?글)(?:은|는|이|가|에|에서|의|을|를)?(?:\s|$)`)

// fewestWords is the minimum number of words of a question that a model writes.
// Not measured.
const fewestWords = 3

// written has the model write the question for a candidate.
func (r *making) written(ctx context.Context, k candidate) (question, by string, err error) {
	if k.unit == "cell" {
		return "", r.Model, nil // the columns of a row mean nothing without the table
	}
	reply, err := r.Write(ctx, prompts.NameMakeQuestion, text.Language(k.line), prompts.MakeQuestion{
		Title: k.place, Sentence: k.line, Answer: k.answer,
	})
	if err != nil {
		return "", "", err
	}
	question = text.FirstLine(reply)
	if len(strings.Fields(question)) < fewestWords {
		return "", r.Model, nil
	}
	return within(k.place, question), r.Model, nil
}
