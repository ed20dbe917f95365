package agent

import (
	"slices"
	"testing"

	"selfrag/agent/multihop"
)

// twoStages is a retriever that cannot search with the first stage alone.
type twoStages struct{ library }

func (twoStages) FirstStage() {}

// TestFollowAsksNoModel follows a plan with both kinds of retriever, with and
// without the optional parts.
func TestFollowAsksNoModel(t *testing.T) {
	const question = "Who is the mayor of the city where the maker of the Larkspur lamp has its head office?"
	plan := multihop.Plan{"the maker of the Larkspur lamp", "the city of the head office of #1", "the mayor of the city of #2"}
	for _, tc := range []struct {
		name      string
		retriever Retriever
		without   []Heuristic
		paths     int
		timed     bool // the first stage is timed apart from the searches
	}{
		{"first stage", shelf(), nil, 1, true},
		{"both stages", twoStages{shelf()}, nil, 1, false},
		{"without paths", shelf(), []Heuristic{HeuristicPath}, 0, true},
		{"without bridges", shelf(), []Heuristic{HeuristicBridge}, 1, true},
		{"without either", shelf(), []Heuristic{HeuristicPath, HeuristicBridge}, 0, true},
	} {
		s, err := NewSteps(&scripted{write: says("")}, tc.retriever, nil, Config{WithoutHeuristics: tc.without})
		if err != nil {
			t.Fatal(err)
		}
		found, paths, err := s.follow(t.Context(), question, plan)
		if err != nil || len(paths) != tc.paths || len(found) == 0 {
			t.Errorf("%s: got %d passages, %d paths, %v", tc.name, len(found), len(paths), err)
			continue
		}
		if tc.paths > 0 {
			if got := idsOf(paths[0].Passages); !slices.Equal(got, []string{"Larkspur lamp", "Norvale Lighting", "Tamsin"}) {
				t.Errorf("%s: got %q by %q", tc.name, got, paths[0].Queries)
			}
		}
		if calls := s.Usage(); calls.Calls != 0 {
			t.Errorf("%s: %d calls of the model", tc.name, calls.Calls)
		}
		if timed := s.lookUps.Time() > 0; timed != tc.timed {
			t.Errorf("%s: the first stage took %s", tc.name, s.lookUps.Time())
		}
	}
}
