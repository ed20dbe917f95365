package agent

import (
	"context"
	"strings"

	"selfrag/prompts"
	"selfrag/retrieval"
)

// foreignAmong is how many of the passages found must be in the other language
// for a search in that language to promise something.
const foreignAmong = 3

// Bilingual tells whether what was found so far is in Korean and in English,
// so that a question may have its answer in the language that it is not asked
// in. A small embedder hardly finds that by the question itself.
func (s *Steps) Bilingual(question string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	asked, foreign := retrieval.Language(question), map[string]bool{}
	for _, r := range s.results {
		for _, list := range [][]retrieval.Passage{r.Passages, r.Rest} {
			for _, p := range list {
				if retrieval.Language(p.Text) != asked {
					foreign[p.ID] = true
				}
			}
		}
	}
	return len(foreign) >= foreignAmong
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
