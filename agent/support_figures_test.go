//go:build integration && figures

package agent

import (
	"cmp"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"selfrag/agent/claim"
	"selfrag/ollama"
	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// answered is a question of the handbook with an answer.
type answered struct {
	text    string
	right   bool
	passage retrieval.Passage
}

// answersOf makes claims from the handbook's questions of one look-up: each
// with its answer, and each with another number of the same passage in its
// place.
func answersOf(t *testing.T) []answered {
	t.Helper()
	var out []answered
	for _, q := range ReadHandbookQuestions(t) {
		if q.Hops != 1 || len(q.Answers) == 0 || len(q.Evidence) == 0 {
			continue
		}
		document, err := os.ReadFile(filepath.Join("../examples/handbook", q.Evidence[0].Source))
		if err != nil {
			t.Fatal(err)
		}
		at := strings.Index(string(document), q.Evidence[0].Quote)
		if at < 0 {
			continue // in a page of HTML
		}
		// About the length of a passage.
		runes := []rune(string(document))
		begin := len([]rune(string(document[:at])))
		p := retrieval.Passage{ID: q.Text, Text: string(runes[max(0, begin-400):min(len(runes), begin+400)])}
		i := slices.IndexFunc(q.Answers, func(a string) bool { return strings.Contains(p.Text, a) })
		if i < 0 {
			continue
		}
		out = append(out, answered{q.Text + " " + q.Answers[i], true, p})
		own := text.Numbers(q.Answers[i])
		others := slices.DeleteFunc(figure.FindAllString(p.Text, -1), func(n string) bool { return slices.Contains(own, n) })
		if len(own) > 0 && len(others) > 0 {
			out = append(out, answered{q.Text + " " + figure.ReplaceAllString(q.Answers[i], others[0]), false, p})
		}
	}
	return out
}

var figure = regexp.MustCompile(`\d+(?:[.,:]\d+)*`)

// TestFiguresSupport prints how well the grade of support separates right
// claims from wrong ones, with the whole passage and with the nearest sentence
// and its neighbours.
func TestFiguresSupport(t *testing.T) {
	model, err := ollama.New(ollama.Config{Model: cmp.Or(os.Getenv("SELFRAG_LLM"), "qwen2.5-coder:1.5b")})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	claims := answersOf(t)
	var areas []float64
	for _, how := range []string{"in the whole passage", "around the nearest sentence"} {
		var right, wrong []float64
		for _, c := range claims {
			steps, err := NewSteps(model, found(nil), nil, Config{})
			if err != nil {
				t.Fatal(err)
			}
			p := c.passage
			if how != "in the whole passage" {
				p = claim.Around(c.text, p)
			}
			g, err := steps.says(t.Context(), []prompts.Passage{{N: 1, Text: p.Text}}, c.text)
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%t %s: %s", c.right, g, c.text)
			if c.right {
				right = append(right, g.Value)
			} else {
				wrong = append(wrong, g.Value)
			}
		}
		area := areaUnder(right, wrong)
		areas = append(areas, area)
		t.Logf("%s: %d of %d right claims and %d of %d wrong ones are graded 0.5 or more; area under the curve %.2f",
			how, atLeastHalf(right), len(right), atLeastHalf(wrong), len(wrong), area)
	}
	if areas[1] < areas[0] {
		t.Errorf("the whole passage tells them better apart: %.2f, %.2f", areas[0], areas[1])
	}
}

func atLeastHalf(grades []float64) int {
	n := 0
	for _, g := range grades {
		if g >= 0.5 {
			n++
		}
	}
	return n
}

// areaUnder returns the share of pairs in which the right claim is graded
// higher.
func areaUnder(right, wrong []float64) float64 {
	sum := 0.0
	for _, r := range right {
		for _, w := range wrong {
			switch {
			case r > w:
				sum++
			case r == w:
				sum += 0.5
			}
		}
	}
	return sum / float64(len(right)*len(wrong))
}
