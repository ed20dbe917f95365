package agent

import (
	"context"
	"fmt"
	"strings"

	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// The steps of a judge: what evaluation asks a model about an answer that is
// there.

// mostStatements bounds what an answer is taken apart into: answers have a few
// sentences, and a model that goes on beyond this repeats itself.
const mostStatements = 12

// Statements takes an answer apart into statements that can each be understood
// alone (RAGAS, Es et al. 2024), at most 12.
func (s *Steps) Statements(ctx context.Context, question, answer string) ([]string, error) {
	p, err := s.Render(prompts.NameStatements, question, prompts.Statements{Question: question, Answer: answer})
	if err != nil {
		return nil, err
	}
	written, err := s.Write(ctx, p, 256)
	if err != nil {
		return nil, err
	}
	var out []string
	for line := range strings.Lines(written) {
		line = strings.TrimSpace(text.TrimListMark(line))
		if len(text.Keywords(line)) == 0 || text.Among(out, line) {
			continue
		}
		if out = append(out, line); len(out) == mostStatements {
			break
		}
	}
	return out, nil
}

// QuestionFor writes a question that the text answers: greedily as variant 0,
// else sampled, a different one for each variant.
func (s *Steps) QuestionFor(ctx context.Context, answer string, variant int) (string, error) {
	p, err := s.Render(prompts.NameQuestionFor, answer, prompts.QuestionFor{Answer: answer})
	if err != nil {
		return "", err
	}
	temperature := 0.0
	if variant > 0 {
		temperature = sampling
	}
	text, err := s.caller.Sample(ctx, p, call.Sampling{MaxTokens: 64, Temperature: temperature, Seed: s.cfg.Seed + variant})
	if err != nil {
		return "", err
	}
	return firstLine(text), nil
}

// Evades grades whether a text does not commit itself to an answer: P(evades).
func (s *Steps) Evades(ctx context.Context, answer string) (Grade, error) {
	return s.yes(ctx, prompts.NameEvades, answer, prompts.Evades{Answer: answer})
}

// GradeStatement grades how well texts, read together, support a statement:
// p(fully) + p(partially)/2, as GradeSupport, but by the model alone. Texts
// that its context has no room for are left out, the last first. Without texts
// the grade is 0.
func (s *Steps) GradeStatement(ctx context.Context, texts []string, statement string) (Grade, error) {
	if len(texts) == 0 {
		return Known(0), nil
	}
	passages := make([]prompts.Passage, len(texts))
	for i, t := range texts {
		passages[i] = prompts.Passage{N: i + 1, Text: t}
	}
	var grade Grade
	_, err := call.Fitting(len(passages), func(left int) (err error) {
		grade, err = s.says(ctx, passages[:left], statement)
		return err
	})
	if err != nil {
		return Grade{}, fmt.Errorf("grade a statement: %w", err)
	}
	return grade, nil
}

// Usage is what the steps have cost so far.
func (s *Steps) Usage() Usage { return s.caller.Usage() }
