package questions

import (
	"bufio"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/agent/claim"
	"selfrag/eval"
	"selfrag/retrieval/text"
)

// Thumb is a person's thumb on an answer of a server.
type Thumb struct {
	Time    time.Time `json:"time"`
	Tenant  string    `json:"tenant"`
	Answer  string    `json:"answer"` // name of the answer, such as "trace-4bf9"
	Thumb   string    `json:"thumb"`  // "up" or "down"; empty in a vote between two answers
	Comment string    `json:"comment"`
}

// ReadThumbs reads the thumbs in a server's feedback log. bad holds the numbers,
// from 1, of the lines that are not feedback, such as a last line that a killed
// server left incomplete. The error is an error of r.
func ReadThumbs(r io.Reader) (thumbs []Thumb, bad []int, err error) {
	lines := bufio.NewReader(r)
	for n := 1; ; n++ {
		line, err := lines.ReadString('\n')
		if strings.TrimSpace(line) != "" {
			var t Thumb
			switch {
			case json.Unmarshal([]byte(line), &t) != nil || t.Answer == "":
				bad = append(bad, n)
			case t.Thumb == "up" || t.Thumb == "down":
				thumbs = append(thumbs, t)
			}
		}
		if errors.Is(err, io.EOF) {
			return thumbs, bad, nil
		}
		if err != nil {
			return thumbs, bad, fmt.Errorf("read the feedback: %w", err)
		}
	}
}

// FromFeedback makes a question of each question that people judged answers
// to, oldest first. Tenants have documents of their own, so a question of two
// tenants gives two questions. An answer with a thumb up gives the answer. An abstention
// with a thumb up is a question that the documents do not answer. A question
// whose answers have only thumbs down, or thumbs that contradict each other, is
// left open for a person to answer, with the comments. answerOf returns the
// answer that a thumb is on; the thumbs for which it returns false are counted
// in lost. id returns the id that a data set uses for a source.
func FromFeedback(thumbs []Thumb, answerOf func(Thumb) (agent.Answer, bool), id func(source string) string) (out []Question, lost int) {
	thumbs = slices.Clone(thumbs)
	slices.SortStableFunc(thumbs, func(a, b Thumb) int { return a.Time.Compare(b.Time) })
	var order []string
	asked := map[string]*opinions{}
	for _, t := range thumbs {
		a, ok := answerOf(t)
		if !ok {
			lost++
			continue
		}
		key := t.Tenant + "\x00" + text.Normalise(a.Question)
		if asked[key] == nil {
			asked[key] = &opinions{question: a.Question, last: map[string]opinion{}}
			order = append(order, key)
		}
		asked[key].last[t.Answer] = opinion{t, a}
	}
	for i, key := range order {
		q := asked[key].decide(id)
		q.ID = fmt.Sprintf("%s-feedback-%02d", q.Language, i+1)
		out = append(out, q)
	}
	return out, lost
}

// opinions holds the thumbs on the answers to one question. Of several thumbs on
// one answer it holds the last.
type opinions struct {
	question string
	last     map[string]opinion
}

type opinion struct {
	Thumb
	answer agent.Answer
}

func (o opinions) decide(id func(source string) string) Question {
	q := Question{Text: o.question, Answers: []string{}, Language: text.Language(o.question), Answerable: true, MadeBy: "feedback", Review: eval.ReviewOpen}
	var ups []opinion
	var comments []string
	abstained, answered := 0, 0
	all := make([]opinion, 0, len(o.last))
	for _, v := range o.last {
		all = append(all, v)
	}
	slices.SortFunc(all, func(a, b opinion) int { return cmp.Or(a.Time.Compare(b.Time), cmp.Compare(a.Answer, b.Answer)) })
	for _, v := range all {
		if v.Comment != "" {
			comments = append(comments, v.Comment)
		}
		if v.Thumb.Thumb == "down" {
			continue
		}
		ups = append(ups, v)
		if v.answer.Abstained {
			abstained++
		} else {
			answered++
		}
	}
	q.Comment = strings.Join(comments, "\n")
	switch {
	case answered > 0 && abstained > 0 || len(ups) == 0:
	case abstained > 0:
		q.Answerable, q.Review = false, ""
	default:
		q.Review = ""
		for _, v := range slices.Backward(ups) { // the latest answer first
			said := claim.Said(v.answer.Text)
			if !slices.Contains(q.Answers, said) {
				q.Answers = append(q.Answers, said)
			}
			for _, c := range v.answer.Citations {
				e := Evidence{id(c.Source), c.Quote}
				if !slices.Contains(q.Evidence, e) {
					q.Evidence = append(q.Evidence, e)
				}
			}
		}
	}
	return q
}
