package agent

import (
	"context"

	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// SpellOut makes sentences of a draft that has none: small models answer with
// a bare name or number, which by itself claims nothing that could be graded,
// or only with the number of a passage, of which the answer is then read; where
// that does not tell, of all.
func (s *Steps) SpellOut(ctx context.Context, question string, d Draft, passages []retrieval.Passage) (Draft, error) {
	if !s.cfg.uses(HeuristicSpellOut) {
		return d, nil
	}
	passages = passages[:len(passages)-d.Dropped]
	if len(d.Sentences) == 0 && !d.NotFound {
		pointed := claim.Pointed(d.Text, len(passages))
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
			d.Sentences = []claim.Sentence{sentence}
		}
		return d, err
	}
	for i, sentence := range d.Sentences {
		if !claim.IsValue(sentence, question) {
			continue
		}
		if spelt, ok := claim.OfValue(question, sentence.Text, sentence.Passages, s.sources(question, passages)); ok {
			d.Sentences[i] = spelt
		}
	}
	return d, nil
}

// readValue reads the answer to a question in a few words from some of the
// passages, those cited. ok is false when they do not tell.
func (s *Steps) readValue(ctx context.Context, question string, of []retrieval.Passage, cited []int, passages []retrieval.Passage) (_ claim.Sentence, ok bool, err error) {
	value, err := s.AnswerStep(ctx, StepInput{question, of})
	if err != nil || value == "" {
		return claim.Sentence{}, false, err
	}
	sentence, ok := claim.OfValue(question, value, cited, s.sources(question, passages))
	return sentence, ok, nil
}
