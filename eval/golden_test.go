package eval

import (
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
)

// golden reads results of other libraries. scripts/make-metric-goldens names
// the libraries and writes the results anew.
func golden[T any](t *testing.T, name string) T {
	t.Helper()
	var v T
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	return v
}

const exactly = 1e-9

func TestRetrievalMetricsEqualTrecEvalAndRanx(t *testing.T) {
	type rankingCase struct {
		Ranking []string
		Judged  map[string]int
		Values  map[string]float64
	}
	cases := golden[[]rankingCase](t, "retrieval.json")
	compared := 0
	for i, c := range cases {
		for _, m := range Metrics() {
			want, ok := c.Values[m.Name]
			if !ok {
				continue
			}
			got, applies := m.Of(Query{}, c.Judged, Outcome{Ranking: c.Ranking})
			if math.Abs(got-want) > exactly {
				t.Errorf("case %d: %s is %v, want %v", i, m.Name, got, want)
			}
			if !applies && want != 0 {
				t.Errorf("case %d: %s does not apply, and is %v", i, m.Name, want)
			}
			compared++
		}
	}
	if compared != 7*len(cases) || len(cases) == 0 {
		t.Errorf("%d values of %d cases were compared", compared, len(cases))
	}
}

func TestAnswerMetricsEqualSQuADAndKorQuAD(t *testing.T) {
	type answerCase struct {
		Language, Prediction string
		Answers              []string
		EM, F1               float64
	}
	cases := golden[[]answerCase](t, "answers.json")
	if len(cases) == 0 {
		t.Fatal("no cases")
	}
	for _, c := range cases {
		if got := ExactMatch(c.Language, c.Prediction, c.Answers); math.Abs(got-c.EM) > exactly {
			t.Errorf("%q for %q: exact match is %v, want %v", c.Prediction, c.Answers, got, c.EM)
		}
		if got := F1(c.Language, c.Prediction, c.Answers); math.Abs(got-c.F1) > exactly {
			t.Errorf("%q for %q: F1 is %v, want %v", c.Prediction, c.Answers, got, c.F1)
		}
	}
}

func TestStatisticsEqualScipy(t *testing.T) {
	type statCase struct {
		Differences             []float64
		Exact                   bool
		P, Low, High, Deviation float64
	}
	all := golden[struct {
		Cases     []statCase
		Z, ZAlpha float64
	}](t, "statistics.json")
	if len(all.Cases) == 0 {
		t.Fatal("no cases")
	}
	const draws, theirs = 20_000, 99_999
	for _, c := range all.Cases {
		size := len(c.Differences)
		got := PermutationP(c.Differences, draws, 7)
		allowed := exactly
		if !c.Exact {
			// Both are drawn: allow five standard errors of the difference.
			allowed = 5 * math.Sqrt(c.P*(1-c.P)*(1.0/draws+1.0/theirs))
		}
		if math.Abs(got-c.P) > allowed {
			t.Errorf("%d differences: p is %v, want %v", size, got, c.P)
		}
		interval := BootstrapMean(c.Differences, 0.95, draws, 7)
		// The ends of both intervals are drawn.
		allowed = 0.02 * (c.High - c.Low)
		if math.Abs(interval.Low-c.Low) > allowed || math.Abs(interval.High-c.High) > allowed {
			t.Errorf("%d differences: the interval is %v, want [%v, %v]", size, interval, c.Low, c.High)
		}
		if sd := deviation(c.Differences); math.Abs(sd-c.Deviation) > exactly {
			t.Errorf("%d differences: the deviation is %v, want %v", size, sd, c.Deviation)
		}
		n := all.Z * c.Deviation / 0.1
		if got, want := QuestionsNeeded(c.Deviation, 0.1), int(math.Ceil(n*n+all.ZAlpha*all.ZAlpha/2)); got != want {
			t.Errorf("%d questions needed, want %d", got, want)
		}
	}
}
