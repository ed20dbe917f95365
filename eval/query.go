package eval

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"selfrag/retrieval/text"
)

// Query is one question of a data set. It is read from three JSON layouts:
//
//	BEIR with answers  {"_id", "text", "answers": [...]}
//	FlashRAG           {"id", "question", "golden_answers": [...], "metadata": {...}}
//	plain              {"id", "question", "answer": "..."}
//
// Each layout may also have the field "answerable" (false means that no
// document holds the answer), the list "hops", the list
// "question_decomposition", and the number "hop_count". In FlashRAG these four
// may be in the metadata. If no phrase answers the question, the field "must"
// replaces the answers. It lists the facts that a good answer states, each as a
// list of wordings (Fact):
//
//	{"_id", "text", "kind": "how-to", "must": [["2 hours", "2시간"], ["4141"]]}
//
// The field "evidence", a list of {"source", "quote"}, names the documents that
// prove the answer. "review" is what a person decided about the question.
type Query struct {
	ID           string
	Text         string
	Answers      []string // the first is the preferred answer, the others are equally correct
	Unanswerable bool     // the right answer is an abstention
	Hops         int      // number of passages to combine; 0 if unknown
	LookUps      []LookUp // look-ups that make up the question, in order; nil if unknown
	Kind         string   // kind of the question, such as "how-to"; empty if unknown
	Must         []Fact   // facts that a good answer states; nil if unknown
	// Documents are the ids of the documents that prove the answer, as the line
	// itself names them ("evidence"); nil if it does not.
	Documents []string
	// Review is what a person decided about a question that was made by a
	// program: ReviewKept, ReviewEdited, ReviewDropped or ReviewOpen. Data sets
	// leave out dropped and open questions.
	Review string
}

// The states of a question under review. A question without one counts as kept.
const (
	ReviewKept    = "kept"
	ReviewEdited  = "edited"
	ReviewDropped = "dropped"
	ReviewOpen    = "open" // it has no answer yet
)

// LookUp is a part of a question that one passage answers. Its text contains
// the answers of earlier look-ups.
type LookUp struct {
	Text, Answer string
	Document     string // id of the document in Dataset.Judgements; may be empty
}

// Language returns the language of the question, "ko" or "en".
func (q Query) Language() string { return text.Language(q.Text) }

// UnmarshalJSON reads any of the three layouts.
func (q *Query) UnmarshalJSON(line []byte) error {
	type extras struct {
		Answerable *bool             `json:"answerable"`
		Hops       []json.RawMessage `json:"hops"`
		HopCount   int               `json:"hop_count"`
		Parts      []json.RawMessage `json:"question_decomposition"` // the name in MuSiQue
	}
	var v struct {
		BEIRID   string   `json:"_id"`
		ID       anyID    `json:"id"`
		Text     string   `json:"text"`
		Question string   `json:"question"`
		Answers  []string `json:"answers"`
		Golden   []string `json:"golden_answers"`
		Answer   string   `json:"answer"`
		Kind     string   `json:"kind"`
		Must     []Fact   `json:"must"`
		Review   string   `json:"review"`
		// Evidence is parsed later, because other data sets use the name for
		// something else.
		Evidence json.RawMessage `json:"evidence"`
		extras
		// Metadata is parsed later. Some data sets store the fields of extras
		// in the metadata. Any other metadata is ignored.
		Metadata json.RawMessage `json:"metadata"`
	}
	if err := json.Unmarshal(line, &v); err != nil {
		return err
	}
	more := v.extras
	if len(v.Metadata) > 0 && more.Answerable == nil && more.Hops == nil && more.HopCount == 0 && more.Parts == nil {
		var m extras
		if json.Unmarshal(v.Metadata, &m) == nil {
			more = m
		}
	}
	*q = Query{ID: v.BEIRID, Text: v.Text, Answers: v.Answers, Kind: v.Kind, Must: v.Must, Review: v.Review, Documents: sources(v.Evidence), Hops: max(more.HopCount, len(more.Hops), len(more.Parts))}
	if q.ID == "" {
		q.ID = string(v.ID)
	}
	if q.Text == "" {
		q.Text = v.Question
	}
	if len(q.Answers) == 0 {
		q.Answers = v.Golden
	}
	if len(q.Answers) == 0 && v.Answer != "" {
		q.Answers = []string{v.Answer}
	}
	q.LookUps = lookUps(more.Hops, more.Parts)
	q.Unanswerable = more.Answerable != nil && !*more.Answerable
	for _, f := range q.Must {
		if len(f) == 0 || slices.ContainsFunc(f, func(words string) bool { return len(compared(words).runes) == 0 }) {
			return errors.New(`each fact in "must" needs the words that count as it`)
		}
	}
	if q.ID == "" || strings.TrimSpace(q.Text) == "" {
		return errors.New(`a query needs "_id" and "text", or "id" and "question"`)
	}
	return nil
}

// lookUps returns the look-ups of a question. It reads the first list in which
// every entry has a question and an answer. It replaces "#1" in a question by
// the answer of the first look-up, and so on.
func lookUps(lists ...[]json.RawMessage) []LookUp {
	for _, list := range lists {
		var out []LookUp
		answers := []string{}
		for _, raw := range list {
			var v struct {
				Question, Answer, Passage string
			}
			if json.Unmarshal(raw, &v) != nil || v.Question == "" || v.Answer == "" {
				out = nil
				break
			}
			for i, a := range slices.Backward(answers) { // replace #12 before #1
				v.Question = strings.ReplaceAll(v.Question, fmt.Sprintf("#%d", i+1), a)
			}
			answers = append(answers, v.Answer)
			out = append(out, LookUp{v.Question, v.Answer, v.Passage})
		}
		if out != nil {
			return out
		}
	}
	return nil
}

// sources returns the documents that a list of evidence names, each once.
func sources(evidence json.RawMessage) []string {
	var list []struct{ Source string }
	if len(evidence) == 0 || json.Unmarshal(evidence, &list) != nil {
		return nil
	}
	var out []string
	for _, e := range list {
		if e.Source != "" && !slices.Contains(out, e.Source) {
			out = append(out, e.Source)
		}
	}
	return out
}

// anyID is an id that some data sets write as a number.
type anyID string

// UnmarshalJSON keeps a string as it is and a number as it is written.
func (id *anyID) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] != '"' {
		var n json.Number
		err := json.Unmarshal(b, &n)
		*id = anyID(n)
		return err
	}
	return json.Unmarshal(b, (*string)(id))
}

// readQueries reads one query per line, without those that a review dropped or
// left open. It returns an error if two queries have the same id.
func readQueries(r io.Reader) ([]Query, error) {
	var out []Query
	seen := map[string]bool{}
	err := eachLine(r, func(line string) error {
		var q Query
		if err := json.Unmarshal([]byte(line), &q); err != nil {
			return err
		}
		if seen[q.ID] {
			return fmt.Errorf("a second query has the id %q", q.ID)
		}
		seen[q.ID] = true
		if q.Review != ReviewDropped && q.Review != ReviewOpen {
			out = append(out, q)
		}
		return nil
	})
	return out, err
}

func eachLine(r io.Reader, do func(string) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, 16<<20)
	for n := 1; lines.Scan(); n++ {
		line := strings.TrimRight(lines.Text(), "\r")
		if strings.TrimSpace(line) == "" {
			continue
		}
		if err := do(line); err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	return lines.Err()
}
