package retrieval_test

import (
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/filtertest"
)

func TestParseFilter(t *testing.T) {
	ko := retrieval.Comparison{Field: "lang", Op: retrieval.Equal, Value: "ko"}
	recent := retrieval.Comparison{Field: "year", Op: retrieval.GreaterOrEqual, Value: 2020.0}
	draft := retrieval.Comparison{Field: "draft", Op: retrieval.Equal, Value: true}
	titles := retrieval.In{Field: "title", Values: []any{"A", "B"}}
	tests := []struct {
		text string
		want retrieval.Filter
	}{
		{"", nil},
		{" \n", nil},
		{`lang = "ko"`, ko},
		{`lang='ko'`, ko},
		{`lang = "ko" and (year >= 2020 or title in ("A", 'B')) and not draft = true`,
			retrieval.And{ko, retrieval.Or{recent, titles}, retrieval.Not{Filter: draft}}},
		{`lang = "ko" OR year >= 2.02e3 AND draft=TRUE`, retrieval.Or{ko, retrieval.And{recent, draft}}},
		{`title not in ("A",'B')`, retrieval.Not{Filter: titles}},
		{`title in ()`, retrieval.In{Field: "title"}},
		{"true", retrieval.And{}},
		{"not false", retrieval.Not{Filter: retrieval.Or{}}},
		{"`due date` != -1", retrieval.Comparison{Field: "due date", Op: retrieval.NotEqual, Value: -1.0}},
		{"`a``b` < .5", retrieval.Comparison{Field: "a`b", Op: retrieval.Less, Value: 0.5}},
		{`작성자 = "김\"철수\" \\ o'neil"`, retrieval.Comparison{Field: "작성자", Op: retrieval.Equal, Value: `김"철수" \ o'neil`}},
		{"heading.1 > 'a' and sub-key_2 <= 'b'", retrieval.And{
			retrieval.Comparison{Field: "heading.1", Op: retrieval.Greater, Value: "a"},
			retrieval.Comparison{Field: "sub-key_2", Op: retrieval.LessOrEqual, Value: "b"}}},
		{` {"not":{"field":"title","in":["A","B"]}}`, retrieval.Not{Filter: titles}},
		{`{"and":[{"field":"year","op":">=","value":2020},{"or":[]}]}`, retrieval.And{recent, retrieval.Or{}}},
	}
	for _, tt := range tests {
		got, err := retrieval.ParseFilter(tt.text)
		if err != nil || !reflect.DeepEqual(got, tt.want) {
			t.Errorf("%s: got %v, %v, want %v", tt.text, got, err, tt.want)
		}
	}
}

func TestParseFilterRefuses(t *testing.T) {
	for text, want := range map[string]string{
		`lang = ko`:                           `at character 8, at "ko": put a text in quotes: "ko"`,
		`언어 = "ko" and`:                       "at the end: expected a field",
		`lang == "ko"`:                        `at character 6, at "== \"ko\"": == is not an operator: use =`,
		`lang <> "ko"`:                        "<> is not an operator",
		`lang "ko"`:                           "expected =, !=, <, <=, >, >=, ^= or in after lang",
		`lang = "ko`:                          `at character 8, at "\"ko": this quote is not closed`,
		"`lang = 1":                           "this backquote is not closed",
		`path = "C:\new"`:                     `write \\`,
		`date >= 2020-01-01`:                  "2020-01-01 is not a number; put a text, such as a date, in quotes",
		`year >= 1e999`:                       "not a number",
		`year in 2020`:                        "expected (",
		`year in (2020 2021)`:                 "expected ,",
		`year not 2020`:                       "expected in after year not",
		`(year = 1`:                           "expected )",
		`year = 1)`:                           "expected and, or, or the end",
		`year = 1 lang = "ko"`:                "expected and, or, or the end",
		`in = 1`:                              "put one named in in backquotes",
		`year & 1`:                            "unexpected character",
		`year (1)`:                            "expected =",
		`; drop`:                              "unexpected character",
		`draft < true`:                        "compared with a bool",
		"`` = 1":                              "a field has no name",
		"a = \"\xff\"":                        "UTF-8",
		strings.Repeat("(", 1000):             "nested too deep",
		strings.Repeat("not ", 40) + "a=1":    "nested more than 32 deep",
		`{"field":"a","op":"=","valeu":1}`:    `unknown field "valeu"`,
		`{"field":"a","op":"=","value":1}x`:   "follows the filter",
		`{"field":"a","op":"~","value":1}`:    "unknown operator",
		`{"field":"a","op":"="}`:              `field "a" needs either`,
		`{"field":"a","op":"=","value":null}`: `field "a" needs either`,
		`{"field":"a","op":"=","value":1,"in":[1]}`: `field "a" needs either`,
		`{"field":"a","op":"=","value":[1]}`:        "compared with a []interface {}",
		`{"and":[],"or":[]}`:                        "either",
		`{"op":"=","value":1}`:                      "either",
		`{}`:                                        "either",
		`{"and":[null]}`:                            "either",
		strings.Repeat(`{"not":`, 40) + `{"or":[]}` + strings.Repeat("}", 40): "nested more than 32 deep",
	} {
		if got, err := retrieval.ParseFilter(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60s: got %v, %v, want an error that says %q", text, got, err, want)
		}
	}
}

// Parsing a filter's JSON gives the same filter; parsing its text gives one
// with the same meaning.
func TestFilterRoundTrips(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 3000 {
		f := filtertest.Filter(r, 4)
		b, err := retrieval.MarshalFilter(f)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := retrieval.UnmarshalFilter(b); err != nil || !reflect.DeepEqual(got, f) {
			t.Fatalf("%s is read as %v, %v", b, got, err)
		}
		got, err := retrieval.ParseFilter(f.String())
		if err != nil {
			t.Fatalf("%s: %v", f, err)
		}
		for n := range 20 {
			p := filtertest.Passage(r, filtertest.Source(r), n)
			if got.Match(p) != f.Match(p) {
				t.Fatalf("%s is read as %s, which differs for %+v", f, got, p)
			}
		}
	}
	if b, err := retrieval.MarshalFilter(nil); err != nil || string(b) != "null" {
		t.Errorf("nil is written as %s, %v", b, err)
	}
	if f, err := retrieval.UnmarshalFilter([]byte(" null ")); err != nil || f != nil {
		t.Errorf("null is read as %v, %v", f, err)
	}
}

// A parsed filter is written so that parsing it again gives the same filter.
func FuzzParseFilter(f *testing.F) {
	r := rand.New(rand.NewPCG(7, 8))
	for range 40 {
		f.Add(filtertest.Filter(r, 3).String())
	}
	f.Add(`{"and":[{"field":"a","op":">=","value":1e3},{"not":{"field":"b","in":["x",true]}}]}`)
	f.Add("a=1 or b='\\'' and not `c d` not in (true,2,\"x\")")
	f.Fuzz(func(t *testing.T, text string) {
		got, err := retrieval.ParseFilter(text)
		if err != nil || got == nil {
			return
		}
		once, err := retrieval.ParseFilter(got.String())
		if err != nil {
			t.Fatalf("%q is written as %q: %v", text, got, err)
		}
		// JSON may contain lists of one part; text cannot.
		if !strings.HasPrefix(strings.TrimSpace(text), "{") && !reflect.DeepEqual(once, got) {
			t.Fatalf("%q is read as %#v, then as %#v", text, got, once)
		}
		if twice, err := retrieval.ParseFilter(once.String()); err != nil || !reflect.DeepEqual(twice, once) {
			t.Fatalf("%q is read as %#v, then as %#v, %v", text, once, twice, err)
		}
	})
}
