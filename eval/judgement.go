package eval

import (
	"context"
	"errors"
	"fmt"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/eval/judge"
)

// Judgement holds the scores that a judge gave to an answer. In the file of a
// run it has a line of its own, apart from the outcome. Abstentions are not
// judged.
type Judgement struct {
	Judge string `json:"judge"` // the judge's identity; see Judge.Name
	Arm   string `json:"arm"`
	ID    string `json:"id"` // id of the query

	Citations *CitationScores `json:"citations,omitempty"`
	// Faithfulness is nil if the answer contains no statement. Relevancy is nil
	// if the model wrote no question for the answer, or if the judge has no
	// embedder.
	Faithfulness *float64 `json:"faithfulness,omitempty"`
	Relevancy    *float64 `json:"answer_relevancy,omitempty"`
	// Usage is the cost of the judge's model calls for this answer.
	// Outcome.Usage does not include this cost.
	Usage agent.Usage `json:"usage"`
}

// Judge scores answers with a language model. The model grades whether the
// cited passages support a statement.
type Judge struct {
	// Name identifies the judge: the model and the digest of its prompts.
	Name string
	// Steps returns new steps with the judge's model. Their budget is for
	// judging one answer.
	Steps    func() (*agent.Steps, error)
	Embedder TextEmbedder // needed for Judgement.Relevancy; may be nil
	// Threshold is the minimum grade of a text that supports a statement; 0
	// means 0.5.
	Threshold float64
}

// Judge scores an answer, which must not be an abstention.
func (j Judge) Judge(ctx context.Context, q Query, o Outcome) (Judgement, error) {
	out := Judgement{Judge: j.Name, Arm: o.Arm, ID: o.ID}
	steps, err := j.Steps()
	if err != nil {
		return out, err
	}
	by := stepJudge{judge.Judge{Model: steps, Seed: steps.Config().Seed}, j.Threshold}
	if by.threshold == 0 {
		by.threshold = 0.5
	}
	// Leave out the words that say that the answer is not certain, because no
	// passage could support them.
	citations, err := Citations(ctx, by, Statements(claim.Unhedged(o.Answer), o.cited()))
	if err != nil {
		return out, err
	}
	out.Citations = &citations
	if out.Faithfulness, err = scored(Faithfulness(ctx, by, q.Text, plain(o.Answer), o.contexts())); err != nil {
		return out, err
	}
	if j.Embedder != nil {
		if out.Relevancy, err = scored(AnswerRelevancy(ctx, by, j.Embedder, q.Text, plain(o.Answer))); err != nil {
			return out, err
		}
	}
	out.Usage = steps.Usage()
	return out, nil
}

// scored returns nil if there was nothing to score.
func scored(v float64, err error) (*float64, error) {
	if errors.Is(err, ErrNoScore) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &v, nil
}

// cited returns the texts that the answer cites, by the number of the citation.
// As in ALCE, a text is a whole passage. If the outcome does not hold the
// passage, the text is the quote of the citation.
func (o Outcome) cited() map[int]string {
	texts := map[string]string{}
	for _, p := range o.Passages {
		texts[p.ID] = p.text()
	}
	out := map[int]string{}
	for _, c := range o.Citations {
		if out[c.N] = texts[c.Passage]; out[c.N] == "" {
			out[c.N] = ReadPassage{Title: c.Title, Text: c.Quote}.text()
		}
	}
	return out
}

// contexts returns the texts that the answer was written from, best first. If
// the outcome has no passages, contexts returns the quotes of the citations.
func (o Outcome) contexts() []string {
	var out []string
	for _, p := range o.Passages {
		out = append(out, p.text())
	}
	if len(out) > 0 {
		return out
	}
	for _, c := range o.Citations {
		out = append(out, ReadPassage{Title: c.Title, Text: c.Quote}.text())
	}
	return out
}

// stepJudge implements SupportJudge, FaithfulnessJudge and QuestionWriter with
// a model.
type stepJudge struct {
	judge.Judge
	threshold float64
}

// Supports reports whether the model's support grade for a statement is at
// least the threshold. It returns false for an unknown grade.
func (j stepJudge) Supports(ctx context.Context, passages []string, statement string) (bool, error) {
	grade, err := j.GradeStatement(ctx, passages, statement)
	return grade.Passes(j.threshold), err
}

// Follows returns for each statement whether the contexts support it.
func (j stepJudge) Follows(ctx context.Context, contexts, statements []string) ([]bool, error) {
	out := make([]bool, len(statements))
	for i, s := range statements {
		var err error
		if out[i], err = j.Supports(ctx, contexts, s); err != nil {
			return nil, fmt.Errorf("statement %d: %w", i+1, err)
		}
	}
	return out, nil
}

// QuestionsFor writes questions to which the answer would fit. The first
// question is written at temperature 0, and the others are sampled. The model
// is asked only once whether the answer is evasive, because this is the same
// for all questions.
func (j stepJudge) QuestionsFor(ctx context.Context, answer string, n int) ([]Asked, error) {
	evades, err := j.Evades(ctx, answer)
	if err != nil {
		return nil, err
	}
	out := make([]Asked, n)
	for i := range out {
		text, err := j.QuestionFor(ctx, answer, i)
		if err != nil {
			return nil, err
		}
		out[i] = Asked{Question: text, Noncommittal: evades.Passes(0.5)}
	}
	return out, nil
}
