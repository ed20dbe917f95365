package httpapi

import (
	"fmt"
	"strings"

	"selfrag/agent"
	"selfrag/retrieval"
)

// openWebUIStatus is a line that Open WebUI shows above the answer.
func openWebUIStatus(text string, done bool) object {
	return object{"event": object{"type": "status", "data": object{"description": text, "done": done}}}
}

// openWebUISource is a source that Open WebUI lists below the answer. Its order
// is that of the citation numbers.
func openWebUISource(c agent.Citation, address string) object {
	return object{"event": object{"type": "source", "data": object{
		"source":   object{"id": address, "name": titleOf(c), "url": address},
		"document": []string{c.Quote},
		"metadata": []object{{"source": address, "name": titleOf(c), "start": c.Start, "end": c.End}},
	}}}
}

// statusText says what the agent does, in the language of what it works on. It
// tells searches and verdicts, never text that has not been verified.
func statusText(e agent.Event) string {
	switch e := e.(type) {
	case agent.QueryRefined:
		return say(e.Query, "Searching: "+e.Query, "검색 중: "+e.Query)
	case agent.Searched:
		n := len(e.Result.Passages)
		return say(e.Result.Query, fmt.Sprintf("Found %d passages, grading them", n), fmt.Sprintf("문단 %d개를 찾아 평가하는 중", n))
	case agent.Drafted:
		if e.Draft.NotFound || len(e.Draft.Sentences) == 0 {
			return ""
		}
		return say(e.Draft.Sentences[0].Text, "Checking a draft against the passages", "초안을 문단과 대조하는 중")
	}
	return ""
}

func doneText(a agent.Answer) string {
	if a.Abstained {
		return say(a.Question, "The documents do not tell", "문서에 답이 없습니다")
	}
	sources := map[string]bool{}
	for _, c := range a.Citations {
		sources[c.Source] = true
	}
	return say(a.Question, fmt.Sprintf("Answered from %d sources", len(sources)), fmt.Sprintf("출처 %d곳에서 답했습니다", len(sources)))
}

func say(about, english, korean string) string {
	if retrieval.Language(about) == "ko" {
		return strings.TrimSpace(korean)
	}
	return strings.TrimSpace(english)
}
