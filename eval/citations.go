package eval

import (
	"context"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// SupportJudge decides whether passages, read together, fully support a
// statement.
type SupportJudge interface {
	Supports(ctx context.Context, passages []string, statement string) (bool, error)
}

// Statement is a sentence of an answer with the texts that it cites.
type Statement struct {
	Text  string
	Cited []string
}

// Statements splits an agent's answer into statements. A statement ends with
// its citation numbers, such as "[1] [2]", because the agent writes them after
// each sentence. cited holds the cited text for each number. A number that is
// not in cited is skipped. Text after the last number is a statement without
// citations.
func Statements(answer string, cited map[int]string) []Statement {
	var out []Statement
	at := 0
	for _, m := range citationRun.FindAllStringIndex(answer, -1) {
		s := Statement{Text: strings.TrimSpace(answer[at:m[0]])}
		for _, n := range citedNumber.FindAllString(answer[m[0]:m[1]], -1) {
			if i, err := strconv.Atoi(n); err == nil && cited[i] != "" {
				s.Cited = append(s.Cited, cited[i])
			}
		}
		at = m[1]
		if s.Text != "" {
			out = append(out, s)
		}
	}
	if rest := strings.TrimSpace(answer[at:]); rest != "" {
		out = append(out, Statement{Text: rest})
	}
	return out
}

var (
	citationRun = regexp.MustCompile(`(?:\s*\[\d+\])+`)
	citedNumber = regexp.MustCompile(`\d+`)
)

// CitationScores holds the scores of ALCE (Gao et al. 2023) for the citations
// of one answer.
type CitationScores struct {
	// Recall is the share of statements that are supported by all their
	// citations together. A statement without citations is not supported.
	Recall float64 `json:"recall"`
	// Precision is the share of useful citations. A citation is useful if all
	// citations of its statement together support the statement, and either
	// this citation alone supports the statement or the other citations alone
	// do not support it.
	Precision float64 `json:"precision"`
}

func (c *CitationScores) recall() *float64 {
	if c == nil {
		return nil
	}
	return &c.Recall
}

func (c *CitationScores) precision() *float64 {
	if c == nil {
		return nil
	}
	return &c.Precision
}

// Citations scores the statements of an answer. Without any statement or
// citation, the scores are 0.
func Citations(ctx context.Context, judge SupportJudge, statements []Statement) (CitationScores, error) {
	supported, useful, citations := 0, 0, 0
	for _, s := range statements {
		citations += len(s.Cited)
		if len(s.Cited) == 0 {
			continue
		}
		whole, err := judge.Supports(ctx, s.Cited, s.Text)
		if err != nil {
			return CitationScores{}, fmt.Errorf("judge a statement: %w", err)
		}
		if !whole {
			continue
		}
		supported++
		n, err := usefulCitations(ctx, judge, s)
		if err != nil {
			return CitationScores{}, fmt.Errorf("judge a citation: %w", err)
		}
		useful += n
	}
	var c CitationScores
	if r := ratio(supported, len(statements)); r != nil {
		c.Recall = *r
	}
	if p := ratio(useful, citations); p != nil {
		c.Precision = *p
	}
	return c, nil
}

// usefulCitations counts the useful citations of a supported statement.
func usefulCitations(ctx context.Context, judge SupportJudge, s Statement) (int, error) {
	if len(s.Cited) == 1 {
		return 1, nil
	}
	n := 0
	for i, text := range s.Cited {
		alone, err := judge.Supports(ctx, []string{text}, s.Text)
		if err != nil {
			return 0, err
		}
		if alone {
			n++
			continue
		}
		without, err := judge.Supports(ctx, slices.Delete(slices.Clone(s.Cited), i, i+1), s.Text)
		if err != nil {
			return 0, err
		}
		if !without {
			n++
		}
	}
	return n, nil
}
