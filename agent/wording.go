package agent

import (
	"fmt"
	"strings"

	"selfrag/agent/claim"
	"selfrag/agent/quote"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// mostNearest is the maximum number of sentences that an abstention quotes. A
// longer list would hide the best sentences.
const mostNearest = 3

// Compose writes the text and the citations of the answer from supported
// sentences. The numbers in the sentences are indices into passages. Compose
// also adds sentences of the evidence that contradict the answer. It returns
// false if the text would be empty, because no sentence cites a passage.
func (a *Answer) Compose(sentences []claim.Sentence, passages []retrieval.Passage, seen evidence.Found) bool {
	written, citations := claim.Compose(sentences, passages)
	if written == "" {
		return false
	}
	a.Text, a.Citations = written, citations
	a.mention(text.Language(a.Question), seen.Changes)
	return true
}

// Abstain turns the answer into an abstention that lists the queries and the
// nearest sentences of the evidence. If the spent budget stopped the turn, the
// text says so.
func (a *Answer) Abstain(asked []string, seen evidence.Found) {
	a.Abstained = true
	a.Citations = []Citation{}
	a.Nearest = quote.Citations(seen.Sentences[:min(len(seen.Sentences), mostNearest)])
	a.Text = abstention(text.Language(a.Question), a.StoppedBy, asked, a.Nearest)
}

// quote makes an answer of sentences of the evidence, for a turn in which every
// draft was refused.
func (a *Answer) quote(language string, chosen []evidence.Sentence) {
	a.Quoted = true
	a.Text, a.Citations = quote.Sentences(chosen)
	a.Text = claim.Quoting(language, a.Text)
}

// quotable returns the sentences of the evidence that answer the question with
// a probability of at least Config.Quotable. If every draft was refused, these
// sentences become the answer.
func (f *findings) quotable(cfg Config) []evidence.Sentence {
	if cfg.Quotable == NoThreshold || !cfg.uses(HeuristicQuote) {
		return nil
	}
	return f.extracted(cfg, cfg.Quotable)
}

// abstention returns the text of an abstention. It says that the documents do
// not hold the answer, or that the budget was spent before an answer was found.
// It then lists the queries that were searched for and the nearest sentences.
func abstention(language, stopped string, asked []string, nearest []Citation) string {
	none, searched, near := "The documents do not say.", "Searched for: ", "Nearest:"
	if language == "ko" {
		none, searched, near = "문서에 답이 없습니다.", "검색한 질문: ", "가장 가까운 문장:"
	}
	out := none
	if cutShort(stopped) {
		out = unfinishedIn(language)[stopped]
	}
	var queries []string
	for _, query := range asked {
		queries = appendNew(queries, query)
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

// placeOf returns the title, if there is one, and the source of the document
// that a citation quotes.
func placeOf(c Citation) string {
	if c.Title == "" || c.Title == c.Source {
		return c.Source
	}
	return c.Title + ", " + c.Source
}

// longestQuote is the maximum length in runes of a sentence that an abstention
// quotes. Not measured.
const longestQuote = 300

// oneLine returns text of a document on one line, without citation marks. So
// the text can forge neither another line of the answer nor the number of a
// citation.
func oneLine(s string) string { return text.Shortened(claim.WithoutMarks(s), longestQuote) }

// unfinishedIn returns the sentences that say in an answer which part of the
// budget was spent. The keys are the parts, such as SpentCalls.
func unfinishedIn(language string) map[string]string {
	if language == "ko" {
		return map[string]string{
			SpentCalls:  "정해진 모델 호출 횟수 안에 답을 찾지 못했습니다.",
			SpentTokens: "정해진 토큰 수 안에 답을 찾지 못했습니다.",
			SpentTime:   "정해진 시간 안에 답을 찾지 못했습니다.",
		}
	}
	return map[string]string{
		SpentCalls:  "No answer was found within the allowed number of model calls.",
		SpentTokens: "No answer was found within the allowed number of tokens.",
		SpentTime:   "No answer was found within the allowed time.",
	}
}

// mention adds to an answer the sentences of the evidence that contradict a
// cited sentence. Such a sentence is about an earlier or a later time than the
// cited sentence. If the documents have no dates, it is in another document.
func (a *Answer) mention(language string, changes []evidence.Change) {
	if a.Abstained {
		return
	}
	for _, c := range changes {
		if !a.cites(c.Now) || a.cites(c.Other) {
			continue
		}
		other := quote.Citations([]evidence.Sentence{c.Other})[0]
		other.N = len(a.Citations) + 1
		a.Citations = append(a.Citations, other)
		a.Text += fmt.Sprintf("\n%s “%s” [%d]", changeIn(language, c), oneLine(c.Other.Text), other.N)
	}
}

// cites reports whether an answer cites a sentence or a span that overlaps it.
func (a *Answer) cites(s evidence.Sentence) bool {
	for _, c := range a.Citations {
		if c.Document == s.Document && c.Source == s.Source && c.Start < s.End && s.Start < c.End {
			return true
		}
	}
	return false
}

// changeIn returns the phrase in front of a quoted sentence that contradicts
// the answer, such as "Since 2024; before that (Handbook 2023):". The phrase
// depends on the dates of the change.
func changeIn(language string, c evidence.Change) string {
	ko := language == "ko"
	place := claim.WithoutMarks(oneLine(placeOf(Citation{Title: c.Other.Title, Source: c.Other.Source})))
	switch {
	case c.Since != "" && c.By == "metadata" && ko: // the date of the document, not of the change
		return fmt.Sprintf("%s 문서 기준이며, 이전 문서에는(%s):", c.Since, place)
	case c.Since != "" && c.By == "metadata":
		return fmt.Sprintf("As of %s. An older document (%s) says:", c.Since, place)
	case c.Since != "" && ko:
		return fmt.Sprintf("%s부터이며, 그 전에는(%s):", c.Since, place)
	case c.Since != "":
		return fmt.Sprintf("Since %s; before that (%s):", c.Since, place)
	case c.Until != "" && ko:
		return fmt.Sprintf("%s부터는(%s):", c.Until, place)
	case c.Until != "":
		return fmt.Sprintf("From %s on (%s):", c.Until, place)
	case ko:
		return fmt.Sprintf("다른 문서에는 다르게 적혀 있습니다(%s):", place)
	}
	return fmt.Sprintf("Another document says otherwise (%s):", place)
}
