package agent

import (
	"context"
	"slices"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// answering is a few words as a sentence that can be checked: the question with
// its answer. ok is false when no passage holds the words.
func answering(question, value string, cited []int, passages []retrieval.Passage, given givenNames) (s Sentence, ok bool) {
	value = shortAnswer(value)
	at := holding(value, question, passages)
	if at < 0 || len(text.Keywords(value)) == 0 {
		return Sentence{}, false
	}
	s = attribute(Sentence{Text: question + " " + value, Value: value, Passages: cited}, passages, given)
	if !slices.ContainsFunc(s.Passages, func(i int) bool { return holds(passages[i].Searchable(), value) }) {
		s = s.citing(at)
	}
	return s, true
}

// inAFewWords tells whether a sentence is no more than a value: it has few
// words, and none of the question's.
func inAFewWords(s Sentence, question string) bool {
	return len(strings.Fields(s.Text)) <= maxStepWords/2 && text.Share(text.Keywords(s.Text), text.Keywords(question)) == 0
}

// SpellOut makes sentences of a draft that has none: small models answer with
// a bare name or number, which by itself claims nothing that could be graded,
// or only with the number of a passage, of which the answer is then read; where
// that does not tell, of all.
func (s *Steps) SpellOut(ctx context.Context, question string, d Draft, passages []retrieval.Passage) (Draft, error) {
	passages = passages[:len(passages)-d.Dropped]
	if len(d.Sentences) == 0 && !d.NotFound {
		pointed := parseSentence(d.Text, len(passages)).Passages
		if len(pointed) == 0 {
			return d, nil
		}
		var there []retrieval.Passage
		for _, n := range pointed {
			there = append(there, passages[n])
		}
		sentence, ok, err := s.readValue(ctx, question, there, pointed, passages)
		if err == nil && !ok && len(there) < len(passages) {
			sentence, ok, err = s.readValue(ctx, question, passages, nil, passages)
		}
		if ok {
			d.Sentences = []Sentence{sentence}
		}
		return d, err
	}
	for i, sentence := range d.Sentences {
		if !inAFewWords(sentence, question) {
			continue
		}
		if spelt, ok := answering(question, sentence.Text, sentence.Passages, passages, s.given(question)); ok {
			d.Sentences[i] = spelt
		}
	}
	return d, nil
}

// readValue reads the answer to a question in a few words from some of the
// passages, those cited. ok is false when they do not tell.
func (s *Steps) readValue(ctx context.Context, question string, of []retrieval.Passage, cited []int, passages []retrieval.Passage) (_ Sentence, ok bool, err error) {
	value, err := s.AnswerStep(ctx, StepInput{question, of})
	if err != nil || value == "" {
		return Sentence{}, false, err
	}
	sentence, ok := answering(question, value, cited, passages, s.given(question))
	return sentence, ok, nil
}
