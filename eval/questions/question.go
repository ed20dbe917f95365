package questions

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"selfrag/eval"
)

// Question is a line of a data set that eval.LoadQA reads.
type Question struct {
	ID      string   `json:"_id"`
	Text    string   `json:"text"`
	Answers []string `json:"answers"`
	// Must lists the parts of the answer if the question has two parts, because
	// no single phrase answers it.
	Must       []eval.Fact `json:"must,omitempty"`
	Hops       []Hop       `json:"hops,omitempty"`
	Evidence   []Evidence  `json:"evidence,omitempty"`
	HopCount   int         `json:"hop_count,omitempty"`
	Language   string      `json:"language"` // "en" or "ko"
	Answerable bool        `json:"answerable"`
	MadeBy     string      `json:"made_by,omitempty"` // "code", "feedback" or the name of a language model
	Review     string      `json:"review,omitempty"`  // see eval.Query.Review
	Comment    string      `json:"comment,omitempty"` // for the person who reviews the question
}

// Hop is one look-up of a question. In Question, "#1" stands for the answer of
// the first look-up.
type Hop struct {
	Question string `json:"question"`
	Answer   string `json:"answer"`
	Passage  string `json:"passage"` // id of the document, see Document.ID
}

// Evidence is the sentence that answers a look-up, verbatim.
type Evidence struct {
	Source string `json:"source"` // id of the document
	Quote  string `json:"quote"`
}

// Write writes questions as JSON lines.
func Write(w io.Writer, questions []Question) error {
	for _, q := range questions {
		line, err := encode(q)
		if err != nil {
			return fmt.Errorf("write question %s: %w", q.ID, err)
		}
		if _, err := w.Write(line); err != nil {
			return fmt.Errorf("write question %s: %w", q.ID, err)
		}
	}
	return nil
}

// encode returns a value as a line of JSON that a person can read.
func encode(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return b.Bytes(), err
}
