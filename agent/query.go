package agent

import (
	"context"

	"selfrag/agent/call"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// ShouldRetrieve returns P(documents are needed) for a question. If there are
// supported sentences already, the grade is P(more documents are needed).
func (s *Steps) ShouldRetrieve(ctx context.Context, in prompts.ShouldRetrieve) (Grade, error) {
	return evaluated(ctx, prompts.NameShouldRetrieve, in, oneGrade, func(ctx context.Context) (Grade, error) {
		return s.yes(ctx, prompts.NameShouldRetrieve, in.Question, in)
	})
}

// RefineQuery writes one standalone search question in the language of the
// question. If the model repeats an earlier query, RefineQuery returns the
// question followed by the latest supported sentence. If that text is an
// earlier query, too, it returns "".
func (s *Steps) RefineQuery(ctx context.Context, in prompts.RefineQuery) (string, error) {
	p, err := s.Render(prompts.NameRefineQuery, in.Question, in)
	if err != nil {
		return "", err
	}
	written, err := s.Write(ctx, p, call.Sampling{MaxTokens: 64})
	if err != nil {
		return "", err
	}
	fallback := in.Question
	if len(in.Known) > 0 {
		fallback += " " + in.Known[len(in.Known)-1]
	}
	for _, q := range []string{text.FirstLine(written), fallback} {
		if !text.Among(in.Asked, q) && isQuery(q) && text.Language(q) == text.Language(in.Question) {
			return q, nil
		}
	}
	return "", nil
}

// isQuery reports whether a text can be searched for.
func isQuery(query string) bool {
	return text.Normalise(query) != "" && len([]rune(query)) <= longestQuery
}

// longestQuery is the maximum length of a search question in runes. A longer
// text shows that the model has begun to answer. Not measured.
const longestQuery = 400

// inLanguage returns the found passages that are in a language. If language is
// "", it returns all found passages.
func inLanguage(language string, found []retrieval.Passage) []retrieval.Passage {
	if language == "" {
		return found
	}
	var kept []retrieval.Passage
	for _, p := range found {
		if text.Language(p.Text) == language {
			kept = append(kept, p)
		}
	}
	return kept
}

// foreign returns the language of a query if it is not the language of the
// question, and "" otherwise. A translated query should find passages in its
// own language only, because the question itself finds passages in the language
// of the question better.
func (t *Turn) foreign(query string) string {
	if language := text.Language(query); language != t.Language {
		return language
	}
	return ""
}

// translateQuery writes a question in the other language, English or Korean. It
// returns "" if the model writes something else.
func (s *Steps) translateQuery(ctx context.Context, in prompts.TranslateQuery) (string, error) {
	p, err := s.Render(prompts.NameTranslateQuery, in.Question, in)
	if err != nil {
		return "", err
	}
	written, err := s.Write(ctx, p, call.Sampling{MaxTokens: 96})
	if err != nil {
		return "", err
	}
	query := text.FirstLine(written)
	if !isQuery(query) || text.Language(query) == text.Language(in.Question) {
		return "", nil
	}
	return query, nil
}

// writtenOut returns the text of a passage. If the passage is in Korean and the
// question is not, Korean numbers are written out: 1,500,000 for 150만. Small
// models do not convert 150만, and if the text contains both forms, they mix
// them up.
func writtenOut(question, passage string) string {
	if text.Language(question) == "ko" || text.Language(passage) != "ko" {
		return passage
	}
	return text.WriteOut(passage)
}
