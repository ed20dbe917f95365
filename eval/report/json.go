package report

import (
	"encoding/json"
	"io"
	"time"

	"selfrag/eval"
)

// jsonReport is the report in the JSON format.
type jsonReport struct {
	Data    string    `json:"data"`
	A       string    `json:"arm_a"`
	B       string    `json:"arm_b"`
	Made    time.Time `json:"made"`
	Judge   string    `json:"judge,omitempty"`
	Verdict string    `json:"verdict"`
	eval.Comparison
	ByLanguage []Group        `json:"by_language"`
	ByHops     []Group        `json:"by_hops,omitempty"`
	Each       []jsonQuestion `json:"each"`
}

type jsonQuestion struct {
	ID           string      `json:"id"`
	Question     string      `json:"question"`
	Answers      []string    `json:"answers,omitempty"`
	Unanswerable bool        `json:"unanswerable,omitempty"`
	Language     string      `json:"language"`
	Hops         int         `json:"hops,omitempty"`
	Result       string      `json:"result"` // the result of arm B: won, lost or tied
	A            jsonOutcome `json:"a"`
	B            jsonOutcome `json:"b"`
}

type jsonOutcome struct {
	F1    float64 `json:"f1"`
	Right bool    `json:"right"`
	eval.Outcome
}

func (r Report) writeJSON(w io.Writer) error {
	out := jsonReport{
		Data: r.Data, A: r.A, B: r.B, Made: r.Made, Judge: r.Judge, Verdict: r.Verdict(),
		Comparison: r.Comparison, ByLanguage: r.ByLanguage(), ByHops: r.ByHops(), Each: []jsonQuestion{},
	}
	for _, row := range r.Rows() {
		a, b := row.Sides[0], row.Sides[1]
		out.Each = append(out.Each, jsonQuestion{
			ID: row.ID, Question: row.Text, Answers: row.Answers, Unanswerable: row.Unanswerable, Language: row.Language(), Hops: row.Hops,
			Result: row.Result, A: jsonOutcome{a.F1, a.Right, a.Outcome}, B: jsonOutcome{b.F1, b.Right, b.Outcome},
		})
	}
	enc := json.NewEncoder(w)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
