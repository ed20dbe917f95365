package agent

import (
	"fmt"
	"strings"

	"selfrag/agent/claim"
	"selfrag/rerank/evidence"
	"selfrag/retrieval/text"
)

// mostNearest is how many sentences an abstention quotes: more than a reader
// looks through would hide the best.
const mostNearest = 3

// abstain makes an abstention of an answer that stopped for a reason.
func (a *Answer) abstain(language string, e *gathered) {
	a.Abstained = true
	a.Citations = []Citation{}
	a.Nearest = quoted(e.nearest[:min(len(e.nearest), mostNearest)])
	a.Text = abstention(language, a.StoppedBy, e.iterations, a.Nearest)
}

// quoted are sentences as citations, numbered from 1.
func quoted(sentences []evidence.Sentence) []Citation {
	var out []Citation
	for i, s := range sentences {
		out = append(out, Citation{
			N: i + 1, Document: s.Document, Source: s.Source, Title: s.Title, Start: s.Start, End: s.End, Quote: s.Text, Metadata: s.Metadata,
		})
	}
	return out
}

// abstention is the text that says that the documents do not tell: what was
// searched, and the nearest sentences. Where the budget ended the turn, it says
// so instead.
func abstention(language, stopped string, iterations []Iteration, nearest []Citation) string {
	none, searched, near := "The documents do not tell.", "Searched for: ", "Nearest:"
	if language == "ko" {
		none, searched, near = "문서에 답이 없습니다.", "검색한 질문: ", "가장 가까운 문장:"
	}
	out := none
	if cutShort(stopped) {
		out = unfinishedIn(language)[stopped]
	}
	var queries []string
	for _, it := range iterations {
		queries = appendNew(queries, it.Subquery)
	}
	if len(queries) > 0 {
		out += "\n" + searched + strings.Join(queries, " / ")
	}
	if len(nearest) > 0 {
		out += "\n" + near
	}
	for _, c := range nearest {
		out += fmt.Sprintf("\n[%d] “%s” (%s)", c.N, oneLine(c.Quote), oneLine(placeOf(c)))
	}
	return out
}

// placeOf names where a quote is from.
func placeOf(c Citation) string {
	if c.Title == "" || c.Title == c.Source {
		return c.Source
	}
	return c.Title + ", " + c.Source
}

// longestQuote is how many runes of a sentence an abstention shows. Not measured.
const longestQuote = 300

// oneLine is a document's text as a line of an answer's, in which it can forge
// neither another line nor the number of a citation.
func oneLine(s string) string { return text.Shortened(claim.WithoutMarks(s), longestQuote) }

// unfinishedIn is how an answer says that a part of the budget was used up
// before there was one.
func unfinishedIn(language string) map[string]string {
	if language == "ko" {
		return map[string]string{
			SpentCalls:  "정해진 모델 호출 횟수를 다 써서, 그 안에 답을 찾지 못했습니다.",
			SpentTokens: "정해진 토큰 수를 다 써서, 그 안에 답을 찾지 못했습니다.",
			SpentTime:   "정해진 시간이 다 되어, 그 안에 답을 찾지 못했습니다.",
		}
	}
	return map[string]string{
		SpentCalls:  "No answer was found within the number of calls of the model that a question may take.",
		SpentTokens: "No answer was found within the number of tokens that a question may take.",
		SpentTime:   "No answer was found within the time that a question may take.",
	}
}
