package agent

import (
	"context"

	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// inLanguage keeps the passages of a language; all of them when it is "".
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

// foreign is the language of a query when it is another than the question's,
// else "". What a translated query finds in the question's own language it
// finds by chance: the question itself found that better.
func (t *Turn) foreign(query string) string {
	if language := text.Language(query); language != t.Language {
		return language
	}
	return ""
}

// TranslateQuery writes a question in the other language, English or Korean;
// "" when the model writes something else.
func (s *Steps) TranslateQuery(ctx context.Context, in prompts.TranslateQuery) (string, error) {
	p, err := s.Render(prompts.NameTranslateQuery, in.Question, in)
	if err != nil {
		return "", err
	}
	written, err := s.Write(ctx, p, 96)
	if err != nil {
		return "", err
	}
	query := firstLine(written)
	if !isQuery(query) || text.Language(query) == text.Language(in.Question) {
		return "", nil
	}
	return query, nil
}

// writtenOut is a passage's text as who asks in the other language needs it:
// small models do not work out that 150만 is 1,500,000, and beside it they mix
// the two.
func writtenOut(question, passage string) string {
	if text.Language(question) == "ko" || text.Language(passage) != "ko" {
		return passage
	}
	return text.WriteOut(passage)
}
