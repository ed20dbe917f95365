package agent

import (
	"regexp"
	"strings"
	"time"

	"selfrag/agent/call"
	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// Answer is the end of a turn.
type Answer struct {
	Question  string `json:"question"`
	Text      string `json:"answer"`
	Abstained bool   `json:"abstained"`
	// Unsure is an answer whose support the model grades too low, while code
	// finds what it says in the passages that it cites; its text says so.
	Unsure    bool       `json:"unsure,omitempty"`
	Strategy  string     `json:"strategy"`
	Chosen    string     `json:"chosen,omitempty"` // by strategy auto
	Citations []Citation `json:"citations"`
	// Nearest are the sentences that come nearest to the question, of an answer
	// that abstains: up to three, numbered from 1 as its text quotes them. They
	// prove nothing and are no citations.
	Nearest    []Citation  `json:"nearest,omitempty"`
	Iterations []Iteration `json:"iterations"`
	StoppedBy  string      `json:"stopped_by"` // one of the Stopped and Spent constants
	Usage      Usage       `json:"usage"`
	Cost       []StepCost  `json:"cost"` // of the usage, by step
	Timings    Timings     `json:"timings_ms"`
	// Degraded says what did not work and was done without; empty when all
	// went well.
	Degraded string `json:"degraded,omitempty"`
	TraceID  string `json:"trace_id"`
	// Tree is what strategy mcts tried, by node; the first is the root.
	Tree []TreeNode `json:"tree,omitempty"`
	// Ranking is every passage that the turn found, best first: what the answer
	// rests on, what its look-ups were answered from, then the others by score.
	Ranking []retrieval.Passage `json:"-"`
}

// Citation ties a number in the answer's text to a verbatim quote.
type Citation = claim.Citation

// Iteration is one round of the loop.
type Iteration struct {
	Subquery   string          `json:"subquery"`
	Passages   []GradedPassage `json:"passages"`
	Draft      string          `json:"draft"`
	Claims     []GradedClaim   `json:"claims,omitempty"` // of the draft, once they are graded
	Support    Grade           `json:"support"`
	Usefulness Grade           `json:"usefulness"`
}

// GradedClaim is a sentence of a draft with the ids of the passages that it
// cites and its grade. Refuted says by which rule and which fact code sees that
// they do not say so; nil where it does not, and the grade is the model's.
type GradedClaim struct {
	Text     string         `json:"text"`
	Passages []string       `json:"passages"`
	Support  Grade          `json:"support"`
	Refuted  *claim.Verdict `json:"refuted,omitempty"`
}

// gradedClaims are the claims of a judged draft, whose sentences index passages.
func gradedClaims(j judged, passages []retrieval.Passage) []GradedClaim {
	out := make([]GradedClaim, len(j.sentences))
	for i, s := range j.sentences {
		out[i] = GradedClaim{Text: s.Text, Passages: []string{}, Support: s.Support, Refuted: s.Support.Refuted()}
		for _, n := range s.Passages {
			out[i].Passages = append(out[i].Passages, passages[n].ID)
		}
	}
	return out
}

// GradedPassage is a found passage with its relevance grade.
type GradedPassage struct {
	ID        string  `json:"id"`
	Score     float64 `json:"score"`
	Relevance Grade   `json:"relevance"`
}

// ungraded is passages that a round reads without grading them.
func ungraded(passages []retrieval.Passage) []GradedPassage {
	out := make([]GradedPassage, len(passages))
	for i, p := range passages {
		out[i] = GradedPassage{ID: p.ID, Score: p.Score}
	}
	return out
}

// Timings are wall-clock milliseconds, summed over the turn.
type Timings struct {
	Embed  float64 `json:"embed"`
	Search float64 `json:"search"`
	Rerank float64 `json:"rerank"`
	LLM    float64 `json:"llm"`
	Total  float64 `json:"total"`
}

// Milliseconds is a duration as the JSON outputs give it.
func Milliseconds(d time.Duration) float64 { return call.Milliseconds(d) }

var citationNumber = regexp.MustCompile(`\s*\[\d+\]`)

// Said is what an answer's text says: without the numbers of its citations,
// which mean nothing in another prompt, and without the words that it is not
// certain.
func Said(text string) string {
	return Unhedged(citationNumber.ReplaceAllString(text, ""))
}

// Unhedged is an answer's text, with the numbers of its citations, without the
// words that it is not certain.
func Unhedged(text string) string {
	for _, words := range hedges() {
		text = strings.TrimPrefix(text, words)
	}
	return text
}

// hedges begin the text of an answer that is not certain, by language.
func hedges() map[string]string {
	return map[string]string{"en": "Not certain: ", "ko": "확실하지 않습니다: "}
}

// hedged is the text of an answer that is not certain.
func hedged(language, text string) string { return hedges()[language] + text }

func appendNew(list []string, s string) []string {
	for _, have := range list {
		if have == s {
			return list
		}
	}
	return append(list, s)
}
