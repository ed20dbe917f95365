package agent

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"go.opentelemetry.io/otel/trace"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// DraftInput holds the question and the text that a draft is written from.
type DraftInput struct {
	Question string
	Reading
	// Full asks for several sentences or a list instead of one sentence.
	Full    bool
	OnToken func(string) // called with each piece of text as it is written; may be nil
	// Temperature and Seed vary a sampled draft; temperature 0 is greedy.
	Temperature float64
	Seed        int

	notEmpty bool // an empty draft is a failure of the model
}

// Draft writes an answer from the passages, in their order, and reads its
// citations. Passages that do not fit the model's context are left out, the
// last first. If the model reads only a few sentences, Draft asks for a few
// words (draftInFewWords). An answer that is not a sentence becomes one
// (spellOut).
func (s *Steps) Draft(ctx context.Context, in DraftInput) (Draft, error) {
	if in.Shown != nil && !in.Full && s.cfg.uses(HeuristicFewWords) {
		return s.draftInFewWords(ctx, in)
	}
	return s.draftSentence(ctx, in)
}

// draftSentence writes a draft in whole sentences.
func (s *Steps) draftSentence(ctx context.Context, in DraftInput) (Draft, error) {
	in.notEmpty = true
	text, left, said, err := s.writeDraft(ctx, in, s.cfg.MaxAnswerTokens, func(passages []prompts.Passage) (prompts.Prompt, error) {
		if in.Full {
			return s.Render(prompts.NameDraftFull, in.Question, prompts.DraftFull{Question: in.Question, Passages: passages})
		}
		return s.Render(prompts.NameDraft, in.Question, prompts.Draft{Question: in.Question, Passages: passages})
	})
	if err != nil {
		return Draft{}, err
	}
	return s.spellOut(ctx, in.Question, s.parse(in.Question, text, said, in.Passages[:left], len(in.Passages)-left), in.Reading)
}

// SynthesisInput holds the question, the supported sentences and the passages
// that the final answer is written from. Reading.Shown says which part of each
// passage the model sees. If it is nil, a small model sees of each passage only
// the text around what a supported sentence took from it, and a large model sees
// whole passages.
type SynthesisInput struct {
	Question string
	Reading
	Sentences []claim.Sentence // supported sentences; their numbers index Passages
	OnToken   func(string)     // may be nil
}

// Synthesize writes one answer from supported sentences and their passages.
// Passages that do not fit the model's context are left out, the last first.
// The sentences stay and may still be cited by their numbers.
func (s *Steps) Synthesize(ctx context.Context, in SynthesisInput) (Draft, error) {
	if in.Shown == nil {
		in.Reading = s.around(ctx, in.Sentences, in.Passages)
	}
	findings := make([]string, len(in.Sentences))
	for i, sentence := range in.Sentences {
		findings[i] = prompts.Data(sentence.Text)
		for _, p := range sentence.Passages {
			findings[i] += fmt.Sprintf(" [%d]", p+1)
		}
	}
	text, left, said, err := s.writeDraft(ctx, DraftInput{Question: in.Question, Reading: in.Reading, OnToken: in.OnToken, notEmpty: true}, s.cfg.MaxAnswerTokens,
		func(passages []prompts.Passage) (prompts.Prompt, error) {
			return s.Render(prompts.NameSynthesize, in.Question, prompts.Synthesize{
				Question: in.Question, Passages: passages, Drafts: findings,
			})
		})
	if err != nil {
		return Draft{}, err
	}
	return s.parse(in.Question, text, said, in.Passages, len(in.Passages)-left), nil
}

// Draft is an answer that the model wrote, split into sentences.
type Draft struct {
	claim.Draft
	// Dropped is the number of passages that were left out of the prompt, the
	// last first, because they did not fit the model's context.
	Dropped int
}

// parse makes a draft from the text that a model wrote. instructions are the
// instructions of the prompt, which the draft must not repeat.
func (s *Steps) parse(question, written, instructions string, passages []retrieval.Passage, dropped int) Draft {
	d := claim.Parse(written, s.sources(question, passages))
	return Draft{claim.WithoutInstructions(d, instructions, passages), dropped}
}

// writeDraft writes an answer from as many of the passages as fit the model's
// context. most is the maximum length of the answer in tokens. said is the text
// of the prompt's instructions.
func (s *Steps) writeDraft(ctx context.Context, in DraftInput, most int, render func([]prompts.Passage) (prompts.Prompt, error)) (text string, left int, said string, err error) {
	if in.OnToken == nil && trace.SpanFromContext(ctx).IsRecording() {
		in.OnToken = func(string) {} // stream, so that the span records when the first token came
	}
	left, err = call.Fitting(len(in.Passages), func(left int) error {
		p, err := render(in.numbered(in.Question, left))
		if err != nil {
			return err
		}
		said = p.Instructions()
		text, err = s.caller.Sample(ctx, p, call.Sampling{
			MaxTokens: most, Temperature: in.Temperature, Seed: in.Seed, OnToken: in.OnToken, Think: s.cfg.Think, NotEmpty: in.notEmpty,
		})
		return err
	})
	return text, left, said, err
}

// spellOut turns a draft without sentences into one with sentences. Small
// models often answer with only a name or a number, which cannot be graded by
// itself. Some answer only with the number of a passage. The answer is then
// read from that passage, or from all passages if that one does not contain it.
// If a draft says both NOT FOUND and an answer, the answer counts.
func (s *Steps) spellOut(ctx context.Context, question string, d Draft, from Reading) (Draft, error) {
	if !s.cfg.uses(HeuristicSpellOut) {
		return d, nil
	}
	all := make([]int, len(from.Passages)-d.Dropped)
	for i := range all {
		all[i] = i
	}
	from = from.of(all)
	if len(d.Sentences) == 0 && !d.NotFound {
		pointed := claim.Pointed(d.Text, len(all))
		if len(pointed) == 0 {
			return d, nil
		}
		sentence, ok, err := s.readValue(ctx, question, from.of(pointed), pointed, from.Passages)
		if err == nil && !ok && len(pointed) < len(all) {
			sentence, ok, err = s.readValue(ctx, question, from, nil, from.Passages)
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
		if spelt, ok := claim.OfValue(question, sentence.Text, sentence.Passages, s.sources(question, from.Passages)); ok {
			d.Sentences[i] = spelt
		}
	}
	return d, nil
}

// readValue asks the model for a short answer to a question and returns it as a
// sentence that cites the passages with the indices cited. The model reads the
// text in from. ok is false if there is no answer or these passages do not
// contain it.
func (s *Steps) readValue(ctx context.Context, question string, from Reading, cited []int, passages []retrieval.Passage) (_ claim.Sentence, ok bool, err error) {
	value, err := s.answerStep(ctx, stepInput{question, from})
	if err != nil || value == "" {
		return claim.Sentence{}, false, err
	}
	sentence, ok := claim.OfValue(question, value, cited, s.sources(question, passages))
	return sentence, ok, nil
}

// stepPrompt renders the prompt for an answer in a few words.
func (s *Steps) stepPrompt(question string, passages []prompts.Passage) (prompts.Prompt, error) {
	return s.Render(prompts.NameAnswerStep, question, prompts.AnswerStep{Question: question, Passages: passages})
}

// shortTokens is the limit of an answer in a few words.
const shortTokens = 32

// draftInFewWords asks the model for a name, a date or a number and makes a
// sentence of it. With a few sentences to read, a small model finds 6 of 8
// answers in this way, and 3 of 8 if it has to answer in a sentence
// (docs/development/results.md). If no passage contains the model's answer (such as Yes),
// the model is asked again for a sentence.
func (s *Steps) draftInFewWords(ctx context.Context, in DraftInput) (Draft, error) {
	written, left, _, err := s.writeDraft(ctx, in, shortTokens, func(passages []prompts.Passage) (prompts.Prompt, error) {
		return s.stepPrompt(in.Question, passages)
	})
	if err != nil {
		return Draft{}, err
	}
	value := claim.ShortAnswer(text.FirstLine(claim.Normalize(written)))
	if claim.NotFound(value) {
		return Draft{claim.Draft{Text: written, NotFound: true}, len(in.Passages) - left}, nil
	}
	var cited []int
	if at := claim.Holding(value, cmp.Or(in.lead, in.Question), in.excerpts()[:left]); at >= 0 {
		cited = []int{at}
	}
	sentence, ok := claim.OfValue(in.Question, value, cited, s.sources(in.Question, in.Passages[:left]))
	if !ok || len(strings.Fields(value)) > claim.MostValueWords {
		return s.draftSentence(ctx, in)
	}
	return Draft{claim.Draft{Text: value, Sentences: []claim.Sentence{sentence}}, len(in.Passages) - left}, nil
}
