package agent

import (
	"math"
	"strconv"
	"strings"
	"testing"

	"selfrag/prompts"
	"selfrag/rerank"
	"selfrag/retrieval"
)

func TestGradeRelevance(t *testing.T) {
	score := func(s float64) *float64 { return &s }
	passages := []retrieval.Passage{
		{ID: "a", Text: "one", Rerank: score(2)}, {ID: "b", Text: "two", Rerank: score(-2)}, {ID: "c", Text: "three", Rerank: score(0)},
	}
	calibration := &rerank.Calibration{Slope: 1}
	together := func(p sent) map[string]float64 {
		if p.is(prompts.NameGradePassages) {
			return map[string]float64{"1": 0.6, " 2": 0.1, "0": 0.2, "The": 0.1}
		}
		return map[string]float64{"Yes": 0.7, "No": 0.3}
	}
	unsureOfNumbers := func(p sent) map[string]float64 {
		if p.is(prompts.NameGradePassages) {
			return map[string]float64{"The": 1}
		}
		return together(p)
	}
	for _, tc := range []struct {
		name  string
		cfg   Config
		next  func(sent) map[string]float64
		write string    // the answer under a schema
		want  []float64 // NaN means unknown
		calls int
	}{
		{"together", Config{}, together, "", []float64{0.75, 1.0 / 3, 0}, 1},
		{"each", Config{Grading: GradeEach}, together, "", []float64{0.7, 0.7, 0.7}, 3},
		{"each, in parallel", Config{Grading: GradeEach, Parallel: 3}, together, "", []float64{0.7, 0.7, 0.7}, 3},
		{"reranker", Config{Grading: GradeReranker, Calibration: calibration}, together, "", []float64{sigmoid(2), sigmoid(-2), 0.5}, 0},
		{"both", Config{Grading: GradeBoth, Calibration: calibration}, together, "",
			[]float64{sigmoid((logit(0.75) + 2) / 2), sigmoid((logit(1.0/3) - 2) / 2), sigmoid(logit(0) / 2)}, 1},
		{"garbage", Config{}, sure("Banana"), "Banana", []float64{math.NaN(), math.NaN(), math.NaN()}, 3},
		{"a number by a schema says nothing of the others", Config{}, unsureOfNumbers, `{"grade": "2"}`, []float64{0.7, 0.7, 0.7}, 5},
		{"none by a schema says that of all", Config{}, unsureOfNumbers, `{"grade": "0"}`, []float64{0, 0, 0}, 2},
	} {
		m := prober{&scripted{write: says(tc.write), next: tc.next}}
		s, err := NewSteps(m, shelf(), nil, tc.cfg)
		if err != nil {
			t.Fatal(err)
		}
		graded, err := s.GradeRelevance(t.Context(), RelevanceInput{Question: "q", Passages: passages})
		got := graded.Grades
		if err != nil || len(got) != len(tc.want) {
			t.Fatalf("%s: got %v, %v", tc.name, got, err)
		}
		for i, g := range got {
			if g.Known == math.IsNaN(tc.want[i]) || g.Known && math.Abs(g.Value-tc.want[i]) > 1e-9 {
				t.Errorf("%s: passage %d is graded %v, want %.3f", tc.name, i+1, g, tc.want[i])
			}
		}
		if m.calls != tc.calls {
			t.Errorf("%s: %d calls, want %d", tc.name, m.calls, tc.calls)
		}
	}
}

func TestGradingNeedsWhatItNeeds(t *testing.T) {
	for grading, want := range map[Grading]string{"sorcery": "unknown way of grading", GradeReranker: "calibration", GradeBoth: "calibration"} {
		if _, err := New(&scripted{}, shelf(), nil, Config{Grading: grading}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", grading, err)
		}
	}
}

func TestMoreThanNinePassagesAreGradedInParts(t *testing.T) {
	m := prober{&scripted{write: says(""), next: func(sent) map[string]float64 { return map[string]float64{"1": 0.5, "0": 0.5} }}}
	s, err := NewSteps(m, shelf(), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	passages := make([]retrieval.Passage, 20)
	for i := range passages {
		passages[i].Text = strconv.Itoa(i)
	}
	graded, err := s.GradeRelevance(t.Context(), RelevanceInput{Question: "q", Passages: passages})
	got := graded.Grades
	if err != nil || len(got) != 20 || m.calls != 3 || got[0].Value != 0.5 || got[9].Value != 0.5 || got[19].Value != 0 {
		t.Errorf("got %v, %d calls, %v", got, m.calls, err)
	}
}
