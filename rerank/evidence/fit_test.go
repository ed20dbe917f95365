package evidence

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// The fit approximately finds the curve from which many answers were drawn.
func TestFitCurveFindsTheCurve(t *testing.T) {
	want := Curve{-1, []float64{3, -2, 0}}
	r := rand.New(rand.NewPCG(1, 2))
	var rows [][]float64
	var right []bool
	for range 20_000 {
		row := []float64{r.Float64(), r.NormFloat64(), 40 + r.Float64()}
		rows, right = append(rows, row), append(right, r.Float64() < want.Probability(row))
	}
	got, err := fitCurve(rows, right)
	if err != nil {
		t.Fatal(err)
	}
	for i, w := range want.Weights {
		if math.Abs(got.Weights[i]-w) > 0.25 {
			t.Errorf("weight %d is %.2f, want %.2f", i, got.Weights[i], w)
		}
	}
	said, so := 0.0, 0.0
	for i, row := range rows {
		said += got.Probability(row)
		if right[i] {
			so++
		}
	}
	if math.Abs(said-so) > 1 {
		t.Errorf("%.1f are said to be right, and %.0f are", said, so)
	}
}

func TestFitCurveIsFiniteWhereASignalPartsAll(t *testing.T) {
	c, err := fitCurve([][]float64{{0, 5}, {0.1, 5}, {0.9, 5}, {1, 5}}, []bool{false, false, true, true})
	if err != nil {
		t.Fatal(err)
	}
	if low, high := c.Probability([]float64{0, 5}), c.Probability([]float64{1, 5}); !(low < 0.5 && high > 0.5 && high < 1) {
		t.Errorf("got %g and %g", low, high)
	}
}

func TestFitCurveFails(t *testing.T) {
	for name, f := range map[string]struct {
		rows  [][]float64
		right []bool
	}{
		"nothing":       {nil, nil},
		"other lengths": {[][]float64{{1}}, []bool{true, false}},
		"one class":     {[][]float64{{1}, {2}}, []bool{true, true}},
		"no number":     {[][]float64{{1}, {math.NaN()}}, []bool{true, false}},
	} {
		if _, err := fitCurve(f.rows, f.right); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

// judgedQuestions returns questions that have a sentence with a high coverage
// if they are answered.
func judgedQuestions(n int) []Judged {
	yes, no := true, false
	var out []Judged
	for i := range n {
		q := Judged{ID: fmt.Sprint(i), Question: "Who?", Answerable: &no, Right: make([]bool, 3)}
		for k := range q.Right {
			q.Candidates = append(q.Candidates, Sentence{Start: k, End: k + 1, Text: fmt.Sprint(i, k), Signals: Signals{Coverage: 0.1 * float64(k), Kind: float64(i%7) / 7}})
		}
		if i%2 == 0 {
			q.Answerable, q.Right[1] = &yes, true
			q.Candidates[1].Signals.Coverage = 0.9
		}
		out = append(out, q)
	}
	return out
}

func TestCrossValidate(t *testing.T) {
	questions := judgedQuestions(40)
	estimates, err := CrossValidate(questions, BuiltIn().Without, 5, 1, func(q Judged) string { return q.ID })
	if err != nil {
		t.Fatal(err)
	}
	for i, e := range estimates {
		if e.ID != questions[i].ID {
			t.Fatalf("question %d is %s", i, e.ID)
		}
		if *e.Answerable != (e.Found.Answers > 0.5) {
			t.Errorf("question %d: P(answers) is %.2f, and answered is %t", i, e.Found.Answers, *e.Answerable)
		}
		if *e.Answerable && !e.IsRight(e.Found.Sentences[0]) {
			t.Errorf("question %d: the first sentence is %q", i, e.Found.Sentences[0].Text)
		}
	}
	without, err := CrossValidate(WithoutSignal(questions, "coverage"), BuiltIn().Without, 5, 1, func(q Judged) string { return q.ID })
	if err != nil {
		t.Fatal(err)
	}
	if d := math.Abs(without[0].Found.Answers - without[1].Found.Answers); d > 0.2 {
		t.Errorf("without the signal that tells, an answered and an unanswered question are %.2f apart", d)
	}
	if questions[0].Candidates[1].Signals.Coverage != 0.9 {
		t.Error("the questions were changed")
	}
	if _, err := CrossValidate(questions, CurveSet{}, 1, 1, nil); err == nil {
		t.Error("one fold was taken")
	}
}

// A curve that the questions say nothing about stays as it was.
func TestFitKeepsWhatItCannotTell(t *testing.T) {
	like := BuiltIn().With
	questions := judgedQuestions(20)
	for i := range questions {
		questions[i].Right = nil
	}
	got, err := Fit(questions, like)
	if err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(got.Sentence, got.OnePlace) != fmt.Sprint(like.Sentence, like.OnePlace) {
		t.Errorf("got %v and %v", got.Sentence, got.OnePlace)
	}
}

func TestCheckCurves(t *testing.T) {
	if err := BuiltIn().Check(); err != nil {
		t.Error(err)
	}
	short := *BuiltIn()
	short.With.Sentence.Weights = short.With.Sentence.Weights[1:]
	if short.Check() == nil {
		t.Error("a curve with a weight too few was taken")
	}
	wild := *BuiltIn()
	wild.Without.Answers.Intercept = math.Inf(1)
	if wild.Check() == nil {
		t.Error("an infinite intercept was taken")
	}
}
