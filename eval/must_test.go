package eval

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestFactHeldBy(t *testing.T) {
	for _, tt := range []struct {
		fact, text string
		want       bool
	}{
		{"15 minutes", "Within 15 minutes.", true},
		{"15", "in 2015", false},
		{"15", "1.5 minutes", false},
		{"5", "15 minutes", false},
		{"5", "5.", true},
		{"0.6", "0.6퍼센트였습니다", true},
		{"5%", "to 5% of customers", true},
		{"KRW 180,000", "KRW 180000 a night", true},
		{"180,000", "KRW 1,180,000", false},
		{"14", "14, 15 and 16", true},
		{"30분", "30 분마다 갱신합니다", true},
		{"30분", "130분", false},
		{"추천 보상금", "추천보상금을 드립니다", true},
		{"photograph", "Receipts are photographed.", true},
		{"art", "the start", false},
		{"art", "미술(Art)관", true},
		{"Wednesday", "on WEDNESDAY at 11:00", true},
		{"11:00", "at 11:00", true},
		{"Café", "the cafe", true},
		{"팀장", "팀장은 답해야 합니다.", true},
		{"", "anything", false},
	} {
		if got := (Fact{tt.fact}).HeldBy(tt.text); got != tt.want {
			t.Errorf("%q in %q: %v", tt.fact, tt.text, got)
		}
	}
	facts := []Fact{{"2 hours", "2시간"}, {"4141"}}
	for text, want := range map[string]float64{"": 0, "2시간 안에 4141로": 1, "within 2 hours": 0.5} {
		if got := HeldShare(facts, text); got != want {
			t.Errorf("%q holds %g, want %g", text, got, want)
		}
	}
	if HeldShare(nil, "") != 1 {
		t.Error("nothing to hold is held")
	}
}

func FuzzFactHeldBy(f *testing.F) {
	f.Add("15", "in 2015")
	f.Add("30분", "30 분마다")
	f.Fuzz(func(t *testing.T, fact, s string) {
		if len(compared(fact).runes) > 0 && !(Fact{fact}).HeldBy(fact) {
			t.Errorf("%q does not hold itself", fact)
		}
		(Fact{fact}).HeldBy(s)
	})
}

// TestMust checks the share of stated facts, over all questions and for each
// kind.
func TestMust(t *testing.T) {
	path := filepath.Join(t.TempDir(), "questions.jsonl")
	if err := os.WriteFile(path, []byte(`{"_id":"a","text":"How do I report it?","kind":"how-to","must":[["2 hours","2시간"],["4141"]]}
{"_id":"b","text":"왜 바뀌었나요?","kind":"why","must":[["늦"]]}
{"_id":"c","text":"How many?","answers":["3"]}
{"_id":"d","text":"How?","kind":"how-to","answerable":false,"must":[["x"]]}
`), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := LoadQA(path)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := []Outcome{{Answer: "Within 2 hours [1]."}, {Abstained: true}, {Answer: "3"}, {Abstained: true}}
	s := Summarise(data, data.Queries, outcomes)
	if s.Means[MetricMust] != 0.25 || s.Must["how-to"] != 0.5 || s.Must["why"] != 0 || len(s.Must) != 2 {
		t.Errorf("got %v and %v", s.Means[MetricMust], s.Must)
	}
	if s.Means[MetricAccuracy] != 1 { // of c and d: the others have no phrase as an answer
		t.Errorf("accuracy is %v", s.Means[MetricAccuracy])
	}
	for _, line := range []string{`{"_id":"a","text":"q","must":[[]]}`, `{"_id":"a","text":"q","must":[["x"],["..."]]}`, `{"_id":"a","text":"q","must":["x"]}`, `{"_id":"a","text":"q"}`} {
		if err := os.WriteFile(path, []byte(line+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := LoadQA(path); err == nil {
			t.Errorf("%s was taken", line)
		}
	}
}

// TestKinds checks the questions that want more than a fact: so many of each kind
// in each language, and each fact is in one of the named documents.
func TestKinds(t *testing.T) {
	for _, of := range []struct {
		folder string
		each   int // of each kind in each language
		none   int // in each language, that the documents do not answer
	}{{"handbook", 10, 0}, {"town", 2, 4}} {
		dir := filepath.Join("..", "examples", of.folder)
		data, err := LoadQA(filepath.Join(dir, "kinds.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(filepath.Join(dir, "kinds.jsonl"))
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(strings.TrimSpace(string(content)), "\n")
		n := map[string]int{}
		for i, q := range data.Queries {
			checkKind(t, dir, q, lines[i])
			if q.Unanswerable {
				n[q.Language()+" none"]++
			} else {
				n[q.Language()+" "+q.Kind]++
			}
		}
		for _, language := range []string{"en", "ko"} {
			for _, kind := range []string{"how-to", "why", "list", "compare", "summary", "changed"} {
				if n[language+" "+kind] != of.each {
					t.Errorf("%s: %d questions of kind %s in %s", of.folder, n[language+" "+kind], kind, language)
				}
			}
			if n[language+" none"] != of.none {
				t.Errorf("%s: %d questions without an answer in %s", of.folder, n[language+" none"], language)
			}
		}
	}
}

// checkKind checks a question and its line of the file.
func checkKind(t *testing.T, dir string, q Query, line string) {
	t.Helper()
	var of struct {
		Language string
		Sources  []string
	}
	if err := json.Unmarshal([]byte(line), &of); err != nil {
		t.Fatal(err)
	}
	if of.Language != q.Language() {
		t.Errorf("%s is in %s, not in %s", q.ID, q.Language(), of.Language)
	}
	var told strings.Builder
	for _, source := range of.Sources {
		text, err := os.ReadFile(filepath.Join(dir, source))
		if err != nil {
			t.Fatal(err)
		}
		told.Write(text)
	}
	for _, f := range q.Must {
		if !f.HeldBy(told.String()) {
			t.Errorf("%s: none of %q stands in %v", q.ID, f, of.Sources)
		}
	}
}
