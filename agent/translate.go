package agent

import (
	"context"
	"slices"
	"strings"

	"selfrag/prompts"
	"selfrag/retrieval"
)

// Bilingual tells whether anything found so far is in the language that the
// question is not asked in, Korean or English: there may be more, which a small
// embedder hardly finds by the question itself.
func (s *Steps) Bilingual(question string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked := retrieval.Language(question)
	foreign := func(p retrieval.Passage) bool { return retrieval.Language(p.Text) != asked }
	for _, r := range s.results {
		if slices.ContainsFunc(r.Passages, foreign) || slices.ContainsFunc(r.Rest, foreign) {
			return true
		}
	}
	return false
}

// TranslateQuery writes a question in the other language, English or Korean;
// "" when the model writes something else.
func (s *Steps) TranslateQuery(ctx context.Context, in prompts.TranslateQuery) (string, error) {
	p, err := s.render(prompts.NameTranslateQuery, in.Question, in)
	if err != nil {
		return "", err
	}
	text, err := s.caller.write(ctx, p, 96)
	if err != nil {
		return "", err
	}
	query, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	query = strings.Trim(query, "\"“” ")
	if normalised(query) == "" || len([]rune(query)) > longestQuery || retrieval.Language(query) == retrieval.Language(in.Question) {
		return "", nil
	}
	return query, nil
}
