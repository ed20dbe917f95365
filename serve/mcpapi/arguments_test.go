package mcpapi

import (
	"encoding/json"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
)

type trialInput struct {
	Query    string `json:"query" jsonschema:"what to look for"`
	Limit    int    `json:"limit,omitempty"`
	Evidence bool   `json:"evidence,omitempty"`
	Strategy string `json:"strategy,omitempty"`
}

func TestArguments(t *testing.T) {
	input, err := jsonschema.For[trialInput](nil)
	if err != nil {
		t.Fatal(err)
	}
	input.Properties["strategy"].Enum = []any{"auto", "cot"}
	for given, want := range map[string]struct{ arguments, fails string }{
		`{"query":"다리"}`:                              {arguments: `{"query":"다리"}`},
		`{"query":"x","limit":null,"evidence":null}`:  {arguments: `{"query":"x"}`},
		`{"query":"x","limit":5.0,"evidence":"True"}`: {arguments: `{"evidence":true,"limit":5,"query":"x"}`},
		`{"query":"x","limit":"5"}`:                   {arguments: `{"limit":5,"query":"x"}`},
		`{"query":"x","strategy":"cot"}`:              {arguments: `{"query":"x","strategy":"cot"}`},
		`{"query":"x","strategy":"best"}`:             {fails: `strategy: there is no "best": use auto or cot`},
		`{"query":"x","limit":"many"}`:                {fails: `limit: "many" is not a whole number`},
		`{"query":"x","limit":2.5}`:                   {fails: `limit: 2.5 is not a whole number`},
		`{"query":"x","evidence":"maybe"}`:            {fails: `evidence: "maybe" is not true or false`},
		`{"query":7}`:                                 {fails: `query: 7 is not a text`},
		`{"query":"x","question":"y"}`:                {fails: `search has no argument "question": use evidence, limit, query or strategy`},
		`{"query":null}`:                              {fails: `search needs query: what to look for`},
		``:                                            {fails: `search needs query: what to look for`},
		`["x"]`:                                       {fails: `the arguments of search must be a JSON object`},
	} {
		got, err := argumentsOf("search", json.RawMessage(given), input)
		if want.fails != "" && (err == nil || err.Error() != want.fails) || want.fails == "" && (err != nil || string(got) != want.arguments) {
			t.Errorf("%s: got %s, %v", given, got, err)
		}
	}
}
