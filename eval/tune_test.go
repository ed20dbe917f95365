package eval

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"testing"

	"selfrag/agent"
)

func TestCandidates(t *testing.T) {
	space := []Parameter{{"k1", []string{"10", "20", "40"}}, {"k2", []string{"3", "5"}}}
	start := Candidate{"k1": "20", "k2": "5"}
	if got := start.String(); got != "k1=20 k2=5" {
		t.Errorf("got %q", got)
	}
	all := Candidates(space, start, 6, 1)
	var names []string
	for _, c := range all {
		names = append(names, c.String())
	}
	if len(all) != 6 || names[0] != "k1=20 k2=5" || len(slices.Compact(slices.Sorted(slices.Values(names)))) != 6 {
		t.Errorf("the grid is %q", names)
	}
	few, more := Candidates(space, start, 3, 7), Candidates(space, start, 5, 7)
	if len(few) != 3 || len(more) != 5 || !reflect.DeepEqual(few, more[:3]) || !reflect.DeepEqual(few, Candidates(space, start, 3, 7)) {
		t.Errorf("drawn: %v and %v", few, more)
	}
	if reflect.DeepEqual(Candidates(space, start, 4, 1), Candidates(space, start, 4, 2)) {
		t.Error("the seed draws nothing")
	}
	// The present settings may lie outside the space.
	if got := Candidates(space, Candidate{"k1": "7", "k2": "7"}, 100, 1); len(got) != 7 || got[0]["k1"] != "7" {
		t.Errorf("got %v", got)
	}
	if CheckSpace(nil) == nil || CheckSpace([]Parameter{{"k1", nil}}) == nil || CheckSpace(space) != nil {
		t.Error("spaces are not checked")
	}
}

func TestSplit(t *testing.T) {
	q := queries(10)
	dev, held := Split(q, 0.6, 3)
	if len(dev) != 6 || len(held) != 4 {
		t.Fatalf("%d and %d", len(dev), len(held))
	}
	seen := map[string]bool{}
	for _, query := range append(slices.Clone(dev), held...) {
		seen[query.ID] = true
	}
	again, _ := Split(q, 0.6, 3)
	other, _ := Split(q, 0.6, 4)
	if len(seen) != 10 || !reflect.DeepEqual(dev, again) || reflect.DeepEqual(dev, other) || reflect.DeepEqual(dev, q[:6]) {
		t.Errorf("dev %v", dev)
	}
	for _, share := range []float64{0.01, 0.99} {
		if dev, held := Split(q, share, 1); len(dev) == 0 || len(held) == 0 {
			t.Errorf("share %v: %d and %d", share, len(dev), len(held))
		}
	}
}

// hill answers more questions correctly the nearer k1 is to 30, and takes k1
// milliseconds. So the best settings and the front are known.
type hill struct {
	asked map[string]int
	fail  string
}

func (h *hill) open(_ context.Context, c Candidate) (Arm, error) {
	k1, err := strconv.Atoi(c["k1"])
	if err != nil {
		return Arm{}, err
	}
	far := max(k1-30, 30-k1)
	return Arm{Ask: func(_ context.Context, question string) (Turn, error) {
		if c["k1"] == h.fail {
			return Turn{}, errors.New("the model is gone")
		}
		h.asked[c.String()+question]++
		n, _ := strconv.Atoi(strings.TrimPrefix(question, "thing "))
		text := "nothing"
		if n*7%40 >= far {
			text = question
		}
		return Turn{Answer: agent.Answer{Text: text, Timings: agent.Timings{Total: float64(k1)}}}, nil
	}}, nil
}

func hillTuning(h *hill, log *Log, halving bool) Tuning {
	t := Tuning{Metric: MetricF1, Halving: halving, Log: log, Open: h.open}
	t.Dev, t.Held = Split(queries(80), 0.5, 1)
	var values []string
	for k1 := 10; k1 <= 60; k1 += 5 {
		values = append(values, fmt.Sprint(k1))
	}
	t.Candidates = Candidates([]Parameter{{"k1", values}}, Candidate{"k1": "60"}, 100, 1)
	return t
}

func TestTuneFindsTheHill(t *testing.T) {
	for _, halving := range []bool{false, true} {
		h := &hill{asked: map[string]int{}}
		got, err := hillTuning(h, openLog(t, "", nil), halving).Do(t.Context(), 1)
		if err != nil {
			t.Fatal(err)
		}
		if got.Best.Settings["k1"] != "30" || got.Best.Quality != 1 || got.Best.Questions != 40 || !got.Best.Front {
			t.Errorf("halving %t: the best is %+v", halving, got.Best)
		}
		if len(got.Trials) != 11 || got.Held[0].Settings["k1"] != "60" || got.Held[1].Settings["k1"] != "30" || got.Held[1].Questions != 40 {
			t.Errorf("halving %t: got %+v", halving, got)
		}
		var gain Difference
		for _, d := range got.Gain {
			if d.Metric == MetricF1 {
				gain = d
			}
		}
		if gain.Mean <= 0.5 || gain.P > 0.01 || gain.Better() != "b" {
			t.Errorf("halving %t: the gain is %+v", halving, gain)
		}
		for _, trial := range got.Trials {
			k1, _ := strconv.Atoi(trial.Settings["k1"])
			if whole := trial.Questions == 40; whole && trial.Front != (k1 <= 30) {
				t.Errorf("halving %t: %+v", halving, trial)
			}
		}
		// Without halving, 11 candidates are asked 40 questions each, and those
		// of the front 40 more.
		if total := len(h.asked); halving && total >= 11*40+6*40 || !halving && total != 11*40+6*40 {
			t.Errorf("halving %t asked %d questions", halving, total)
		}
	}
}

func TestTuneGoesOnWhereItStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "tune.jsonl")
	h := &hill{asked: map[string]int{}, fail: "45"}
	log := openLog(t, path, nil)
	if _, err := hillTuning(h, log, false).Do(t.Context(), 1); err == nil || !strings.Contains(err.Error(), "the model is gone") {
		t.Fatalf("got %v", err)
	}
	_ = log.Close()
	h.fail = ""
	got, err := hillTuning(h, openLog(t, path, nil), false).Do(t.Context(), 1)
	if err != nil {
		t.Fatal(err)
	}
	for what, n := range h.asked {
		if n != 1 {
			t.Errorf("%s was asked %d times", what, n)
		}
	}
	whole, err := hillTuning(&hill{asked: map[string]int{}}, openLog(t, "", nil), false).Do(t.Context(), 1)
	if err != nil || !reflect.DeepEqual(got, whole) {
		t.Errorf("%v: in pieces it finds\n%+v\nas a whole\n%+v", err, got, whole)
	}
}
