package eval

import (
	"context"
	"errors"
	"fmt"
	"math"
)

// ErrNoScore is the error of Faithfulness for an answer without statements. It
// is also the error of AnswerRelevancy if the model writes no question for an
// answer.
var ErrNoScore = errors.New("nothing to score")

// FaithfulnessJudge splits an answer into statements and judges the statements.
type FaithfulnessJudge interface {
	// Statements splits an answer into statements that can each be understood
	// alone.
	Statements(ctx context.Context, question, answer string) ([]string, error)
	// Follows returns for each statement whether it follows from the contexts.
	Follows(ctx context.Context, contexts, statements []string) ([]bool, error)
}

// Faithfulness returns the faithfulness of RAGAS (Es et al. 2024): the share of
// an answer's statements that follow from the contexts, in [0,1]. Without
// statements it returns ErrNoScore.
func Faithfulness(ctx context.Context, judge FaithfulnessJudge, question, answer string, contexts []string) (float64, error) {
	statements, err := judge.Statements(ctx, question, answer)
	if err != nil {
		return 0, fmt.Errorf("take the answer apart: %w", err)
	}
	if len(statements) == 0 {
		return 0, fmt.Errorf("faithfulness: %w", ErrNoScore)
	}
	follows, err := judge.Follows(ctx, contexts, statements)
	if err != nil {
		return 0, fmt.Errorf("judge the statements: %w", err)
	}
	if len(follows) != len(statements) {
		return 0, fmt.Errorf("the judge gave %d verdicts on %d statements", len(follows), len(statements))
	}
	n := 0
	for _, yes := range follows {
		if yes {
			n++
		}
	}
	return float64(n) / float64(len(statements)), nil
}

// Asked is a question that a model wrote for an answer.
type Asked struct {
	Question     string
	Noncommittal bool // the answer is evasive, such as "I do not know"
}

// QuestionWriter writes n questions to which an answer would fit. RAGAS uses 3.
type QuestionWriter interface {
	QuestionsFor(ctx context.Context, answer string, n int) ([]Asked, error)
}

// TextEmbedder turns texts into vectors of equal length. A langchaingo
// embeddings.Embedder is one.
type TextEmbedder interface {
	EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error)
	EmbedQuery(ctx context.Context, text string) ([]float32, error)
}

// askedBack is the number of questions that AnswerRelevancy lets the model
// write for an answer.
const askedBack = 3

// AnswerRelevancy returns the answer relevancy of RAGAS. This is the mean
// cosine between the question and the questions that a model writes for the
// answer. It is 0 if the answer is evasive (Asked.Noncommittal) for every
// question. If the model writes no question, AnswerRelevancy returns
// ErrNoScore.
func AnswerRelevancy(ctx context.Context, writer QuestionWriter, embedder TextEmbedder, question, answer string) (float64, error) {
	made, err := writer.QuestionsFor(ctx, answer, askedBack)
	if err != nil {
		return 0, fmt.Errorf("make questions of the answer: %w", err)
	}
	texts, evasive, blank := make([]string, len(made)), 0, 0
	for i, m := range made {
		texts[i] = m.Question
		if m.Noncommittal {
			evasive++
		}
		if m.Question == "" {
			blank++
		}
	}
	switch {
	case blank == len(made):
		return 0, fmt.Errorf("answer relevancy: %w", ErrNoScore)
	case evasive == len(made):
		return 0, nil
	}
	asked, err := embedder.EmbedQuery(ctx, question)
	if err != nil {
		return 0, fmt.Errorf("embed the question: %w", err)
	}
	vectors, err := embedder.EmbedDocuments(ctx, texts)
	if err != nil {
		return 0, fmt.Errorf("embed the questions made: %w", err)
	}
	total := 0.0
	for _, v := range vectors {
		c, err := cosine(asked, v)
		if err != nil {
			return 0, err
		}
		total += c
	}
	return total / float64(len(vectors)), nil
}

// cosine returns the cosine of two vectors, or 0 if a vector has length 0.
func cosine(a, b []float32) (float64, error) {
	if len(a) != len(b) {
		return 0, fmt.Errorf("vectors of %d and %d dimensions", len(a), len(b))
	}
	var dot, aa, bb float64
	for i := range a {
		x, y := float64(a[i]), float64(b[i])
		dot += x * y
		aa += x * x
		bb += y * y
	}
	if aa == 0 || bb == 0 {
		return 0, nil
	}
	return dot / math.Sqrt(aa*bb), nil
}
