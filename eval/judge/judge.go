// Package judge asks a language model about finished answers, for evaluation
// only.
//
// The methods come from RAGAS (Es et al. 2024). The model splits an answer into
// statements and grades the support of each statement. It also writes questions
// to which the answer would fit. These questions are compared with the question
// that was asked. The support of a statement is graded with the agent's own
// prompt, but without the checks in code.
//
// A Judge calls the model through the steps of an agent, so its calls stay
// within the budget of those steps and are counted there.
package judge

import (
	"context"
	"fmt"
	"strings"

	"selfrag/agent"
	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// Model is the model of a judge. agent.Steps is one.
type Model interface {
	// Render fills in a prompt of package prompts in the language of a text.
	Render(name, text string, values any) (prompts.Prompt, error)
	// Write writes free text.
	Write(ctx context.Context, prompt prompts.Prompt, how call.Sampling) (string, error)
	// Grade grades by the labels of a prompt.
	Grade(ctx context.Context, prompt prompts.Prompt) (agent.Grade, error)
}

// Judge asks a model about answers. It is safe for concurrent use if its model
// is.
type Judge struct {
	Model Model
	Seed  int // makes sampled text repeatable
}

const (
	// mostStatements is the maximum number of statements that the model splits
	// an answer into. Further statements are ignored. Answers have a few
	// sentences, so a longer list repeats itself.
	mostStatements = 12
	// statementTokens and questionTokens limit the length of the model's text.
	// Not measured.
	statementTokens, questionTokens = 256, 64
	// sampling is the temperature at which QuestionFor writes questions.
	// Variant 0 is written at temperature 0. Not measured.
	sampling = 0.7
)

// Statements splits an answer into at most 12 statements that can each be
// understood alone.
func (j Judge) Statements(ctx context.Context, question, answer string) ([]string, error) {
	p, err := j.Model.Render(prompts.NameStatements, question, prompts.Statements{Question: question, Answer: answer})
	if err != nil {
		return nil, err
	}
	written, err := j.Model.Write(ctx, p, call.Sampling{MaxTokens: statementTokens})
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

// QuestionFor writes a question to which the given text is the answer. Variant
// 0 is written at temperature 0. Every other variant is sampled with a seed of
// its own.
func (j Judge) QuestionFor(ctx context.Context, answer string, variant int) (string, error) {
	p, err := j.Model.Render(prompts.NameQuestionFor, answer, prompts.QuestionFor{Answer: answer})
	if err != nil {
		return "", err
	}
	how := call.Sampling{MaxTokens: questionTokens, Seed: j.Seed + variant}
	if variant > 0 {
		how.Temperature = sampling
	}
	written, err := j.Model.Write(ctx, p, how)
	if err != nil {
		return "", err
	}
	return text.FirstLine(written), nil
}

// Evades returns the probability that a text evades the question, as "The
// documents do not say." does.
func (j Judge) Evades(ctx context.Context, answer string) (agent.Grade, error) {
	p, err := j.Model.Render(prompts.NameEvades, answer, prompts.Evades{Answer: answer})
	if err != nil {
		return agent.Grade{}, err
	}
	return j.Model.Grade(ctx, p)
}

// GradeStatement grades how well texts, read together, support a statement:
// p(fully) + p(partially)/2, by the model alone. If the texts do not fit the
// model's context, the last ones are left out. Without texts the grade is 0.
func (j Judge) GradeStatement(ctx context.Context, texts []string, statement string) (agent.Grade, error) {
	if len(texts) == 0 {
		return agent.Known(0), nil
	}
	passages := make([]prompts.Passage, len(texts))
	for i, t := range texts {
		passages[i] = prompts.Passage{N: i + 1, Text: t}
	}
	var grade agent.Grade
	_, err := call.Fitting(len(passages), func(left int) error {
		p, err := j.Model.Render(prompts.NameGradeSupport, statement, prompts.GradeSupport{Passages: passages[:left], Sentence: statement})
		if err != nil {
			return err
		}
		grade, err = j.Model.Grade(ctx, p)
		return err
	})
	if err != nil {
		return agent.Grade{}, fmt.Errorf("grade a statement: %w", err)
	}
	return grade, nil
}
