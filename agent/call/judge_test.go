package call

import (
	"math"
	"testing"

	"selfrag/prompts"
)

func TestShares(t *testing.T) {
	for _, tc := range []struct {
		name   string
		next   map[string]float64
		labels []string
		want   []float64
	}{
		{"plain", map[string]float64{"Yes": 0.6, "No": 0.2}, []string{"Yes", "No"}, []float64{0.75, 0.25}},
		{"case and spaces", map[string]float64{" yes": 0.3, "YES": 0.3, "no": 0.2}, []string{"Yes", "No"}, []float64{0.75, 0.25}},
		{"first piece of a label", map[string]float64{"Part": 0.5, "F": 0.5}, []string{"Fully", "Partially", "No"}, []float64{0.5, 0.5, 0}},
		{"label begins the token", map[string]float64{"Yes,": 0.5}, []string{"Yes", "No"}, []float64{1, 0}},
		{"others are left out", map[string]float64{"Yes": 0.1, "The": 0.8}, []string{"Yes", "No"}, []float64{1, 0}},
		{"next to nothing", map[string]float64{"Yes": 0.01, "The": 0.8}, []string{"Yes", "No"}, nil},
		{"nothing", nil, []string{"Yes", "No"}, nil},
	} {
		got, ok := shares(tc.next, tc.labels)
		if ok != (tc.want != nil) {
			t.Errorf("%s: ok is %v", tc.name, ok)
			continue
		}
		for i := range tc.want {
			if math.Abs(got[i]-tc.want[i]) > 1e-9 {
				t.Errorf("%s: got %v, want %v", tc.name, got, tc.want)
			}
		}
	}
}

func TestJudgeFallsBackToSchemaThenRepairThenUnknown(t *testing.T) {
	p := prompts.Prompt{Name: "p", Labels: []string{"Yes", "No"}, Messages: []prompts.Message{{Role: "user", Text: "Well?"}}}
	for _, tc := range []struct {
		name    string
		replies []string
		want    []float64
		ok      bool
		calls   int
	}{
		{"schema", []string{`{"grade": "Yes"}`}, []float64{1, 0}, true, 1},
		{"with words around", []string{"Sure: {\"grade\": \"no\"} done"}, []float64{0, 1}, true, 1},
		{"in plain words", []string{"Yes!"}, []float64{1, 0}, true, 1},
		{"repaired", []string{"Well!", `{"grade":"Yes"}`}, []float64{1, 0}, true, 2},
		{"unknown", []string{"?", `{"grade":"Maybe"}`}, nil, false, 2},
	} {
		t.Run(tc.name, func(t *testing.T) {
			i := 0
			m := &scripted{write: func(string) (string, error) { i++; return tc.replies[i-1], nil }}
			c := New(Config{Model: m})
			got, ok, err := c.Judge(t.Context(), p)
			if err != nil || ok != tc.ok || m.calls != tc.calls {
				t.Fatalf("got %v, %v, %v after %d calls", got, ok, err, m.calls)
			}
			for i := range tc.want {
				if got[i] != tc.want[i] {
					t.Errorf("got %v, want %v", got, tc.want)
				}
			}
		})
	}
}
