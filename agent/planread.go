package agent

import (
	"context"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/prompts"
	"selfrag/retrieval"
)

// PlanInput is a plan with the passages that were found for it, best first.
type PlanInput struct {
	Question string
	Plan     Plan
	Passages []retrieval.Passage
}

// ReadPlan has the model read the answers to all look-ups of a plan off the
// passages in one call, and makes a sentence of each: "the lead of the Harbour
// team: Ana Ruiz". A small model that is to answer such a question in one
// sentence often answers only its inner part, or says that the passages do not
// tell; line by line it finds the way.
//
// Code checks each line: an answer counts only when a passage holds all its
// words, and the chain ends at the first that does not count, since what comes
// after refers to it. complete tells that it reached the last look-up.
func (s *Steps) ReadPlan(ctx context.Context, in PlanInput) (draft Draft, complete bool, err error) {
	lines := make([]string, len(in.Plan))
	letters := map[int]string{}
	for i, lookup := range in.Plan {
		lines[i] = letter(i) + " = " + fill(lookup, letters)
		letters[i+1] = letter(i)
	}
	text, left, _, err := s.writeDraft(ctx, DraftInput{Passages: in.Passages}, func(passages []prompts.Passage) (prompts.Prompt, error) {
		return s.render(prompts.NameAnswerPlan, in.Question, prompts.AnswerPlan{Question: in.Question, Plan: lines, Passages: passages})
	})
	if err != nil {
		return Draft{}, false, err
	}
	draft.Text, draft.Dropped = text, len(in.Passages)-left
	draft.Sentences, complete = readPlan(text, in.Question, in.Plan, in.Passages[:left])
	draft.NotFound = len(draft.Sentences) == 0
	return draft, complete, nil
}

// draftAlong reads the answers to a plan off the passages, and judges them. It
// is a draft only when it reached the last look-up.
func draftAlong(ctx context.Context, t *Turn, i int, plan Plan, passages []retrieval.Passage) (judged, error) {
	draft, complete, err := t.Steps.ReadPlan(ctx, PlanInput{t.Question.Text, plan, passages})
	if err != nil || !complete {
		return judged{}, err
	}
	return judge(ctx, t, i, draft, passages)
}

func letter(i int) string { return string(rune('A' + i)) }

// readPlan makes sentences of lines such as "A = Ana Ruiz".
func readPlan(text, question string, plan Plan, passages []retrieval.Passage) (sentences []Sentence, complete bool) {
	values := map[string]string{}
	for line := range strings.Lines(text) {
		if m := planLine.FindStringSubmatch(line); m != nil && values[m[1]] == "" {
			values[m[1]] = strings.Trim(citationMark.ReplaceAllString(m[3], ""), " .\"“”")
		}
	}
	known := map[int]string{}
	for i, lookup := range plan {
		if name, ok := namedIn(question, lookup); ok && plan.needed(i+1) {
			known[i+1] = name
			continue
		}
		value := values[letter(i)]
		lookup = fill(lookup, known)
		if value == "" || notFound(value) || len(strings.Fields(value)) > maxStepWords || reference.MatchString(lookup) {
			return sentences, false
		}
		at := holding(value, lookup, passages)
		if at < 0 || len(keywords(value)) == 0 || shareOf(keywords(value), keywords(lookup)) == 1 {
			return sentences, false
		}
		known[i+1] = value
		sentences = append(sentences, Sentence{Text: fmt.Sprintf("%s: %s.", upperFirst(lookup), value), Passages: []int{at}})
	}
	return sentences, len(sentences) > 0
}

// upperFirst is a text with its first letter large.
func upperFirst(text string) string {
	r, size := utf8.DecodeRuneInString(text)
	return string(unicode.ToUpper(r)) + text[size:]
}
