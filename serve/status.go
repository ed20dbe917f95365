package serve

import (
	"fmt"

	"selfrag/agent"
	"selfrag/retrieval/text"
)

// Status describes what the agent does, in the language of the query or draft.
// It returns "" for events that users need not see. It never returns text that
// is not verified.
func Status(e agent.Event) string {
	switch e := e.(type) {
	case agent.QueryRefined:
		return inLanguageOf(e.Query, "Searching: "+e.Query, "검색 중: "+e.Query)
	case agent.Searched:
		n := len(e.Result.Passages)
		return inLanguageOf(e.Result.Query, fmt.Sprintf("Found %d passages, grading them", n), fmt.Sprintf("문단 %d개를 찾아 평가하는 중", n))
	case agent.Drafted:
		if e.Draft.NotFound || len(e.Draft.Sentences) == 0 {
			return ""
		}
		return inLanguageOf(e.Draft.Sentences[0].Text, "Checking a draft against the passages", "초안을 문단과 대조하는 중")
	}
	return ""
}

// Outcome describes the result of a question, in the question's language.
func Outcome(a agent.Answer) string {
	if a.Abstained {
		return inLanguageOf(a.Question, "The documents do not say", "문서에 답이 없습니다")
	}
	sources := map[string]bool{}
	for _, c := range a.Citations {
		sources[c.Source] = true
	}
	if a.Unsure {
		return inLanguageOf(a.Question, fmt.Sprintf("Answered from %d sources, but not certain", len(sources)), fmt.Sprintf("출처 %d곳을 바탕으로 답했지만 확실하지 않습니다", len(sources)))
	}
	return inLanguageOf(a.Question, fmt.Sprintf("Answered from %d sources", len(sources)), fmt.Sprintf("출처 %d곳을 바탕으로 답했습니다", len(sources)))
}

func inLanguageOf(about, english, korean string) string {
	if text.Language(about) == "ko" {
		return korean
	}
	return english
}
