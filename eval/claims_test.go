package eval

import (
	"encoding/json"
	"reflect"
	"testing"

	"selfrag/agent"
)

// TestSummaryCountsRefusedClaims uses claims in the form of a run's file.
func TestSummaryCountsRefusedClaims(t *testing.T) {
	var kept Outcome
	err := json.Unmarshal([]byte(`{"arm":"a","id":"1","stopped_by":"supported","rounds":[
		{"subquery":"연차","support":0.5,"usefulness":null,"claims":[
			{"text":"연차는 16일이다.","passages":["p1"],"support":0,"refuted":{"rule":"number","fact":"16"}},
			{"text":"연차는 15일이다.","passages":["p1"],"support":0.9}]},
		{"subquery":"annual leave","support":0.5,"usefulness":null,"claims":[
			{"text":"Bristol has 16 days.","passages":["p1"],"support":0,"refuted":{"rule":"number","fact":"16"}},
			{"text":"So it is.","passages":[],"support":0,"refuted":{"rule":"citation"}},
			{"text":"It is much.","passages":["p1"],"support":0.1}]}]}`), &kept)
	if err != nil {
		t.Fatal(err)
	}
	queries := []Query{{ID: "1"}, {ID: "2"}, {ID: "3"}}
	earlier := Outcome{StoppedBy: agent.StoppedSupported, Subqueries: []string{"q"}} // from a file without rounds
	bare := Outcome{Rounds: []Round{{Claims: []agent.GradedClaim{{Text: "yes"}}}}}
	got := Summarise(Dataset{}, queries, []Outcome{kept, earlier, bare}).Claims
	if want := (Claims{6, map[string]int{"number": 2, "citation": 1}}); !reflect.DeepEqual(got, want) || got.AllRefuted() != 3 {
		t.Errorf("got %+v, %d refused; want %+v", got, got.AllRefuted(), want)
	}
	for want, outcomes := range map[string][]Outcome{
		`{"graded":5,"refuted":{"citation":1,"number":2}}`: {kept},
		`{"graded":1}`: {bare},
		``:             {earlier},
	} {
		raw, err := json.Marshal(Summarise(Dataset{}, queries[:1], outcomes))
		if err != nil {
			t.Fatal(err)
		}
		var read struct{ Claims json.RawMessage }
		if err := json.Unmarshal(raw, &read); err != nil || string(read.Claims) != want {
			t.Errorf("got %s, %v; want %s", read.Claims, err, want)
		}
	}
}
