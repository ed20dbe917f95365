package claim

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func passagesOf(texts ...string) []retrieval.Passage {
	out := make([]retrieval.Passage, len(texts))
	for i, text := range texts {
		out[i] = retrieval.Passage{ID: string(rune('a' + i)), Document: fmt.Sprint(i), Source: "doc", Text: text, Start: 100, End: 100 + len([]rune(text))}
	}
	return out
}

// TestRulesCanBeLeftOut checks that a claim which one rule refutes stands
// without that rule.
func TestRulesCanBeLeftOut(t *testing.T) {
	passages := passagesOf("The cafeteria opens at 11:30 on 1 July.", "It lies in Bristol.")
	passages[1].Title = "Rotterdam"
	subjects := SubjectsOf("When does the cafeteria in Rotterdam open?", passages)
	for rule, s := range map[Rule]Sentence{
		RuleCitation: {Text: "The cafeteria opens at 11:30."},
		RuleNumber:   {Text: "The cafeteria opens at 12:30.", Passages: []int{0}},
		RuleMonth:    {Text: "The cafeteria opens on 1 June.", Passages: []int{0}},
		RuleName:     {Text: "The cafeteria opens at 11:30 in Bristol.", Passages: []int{0}},
		RuleWords:    {Text: "Nobody may bring their own food inside before 11:30.", Passages: []int{0}},
		RuleSubject:  {Text: "The cafeteria in Rotterdam opens at 11:30.", Passages: []int{0}},
	} {
		in := Sources{Passages: passages, Subjects: subjects}
		without := []Rule{rule}
		if rule == RuleSubject { // the subject of a question is also a name
			in.Without, without = []Rule{RuleName}, []Rule{RuleName, RuleSubject}
		}
		if v := Check(s, in); !v.Refuted || v.Rule != rule {
			t.Errorf("%s: got %+v", rule, v)
		}
		in.Without = without
		if v := Check(s, in); v.Refuted {
			t.Errorf("without %s: got %+v", rule, v)
		}
	}
	common := passagesOf("Narubyeol began.", "People at Narubyeol.", "Narubyeol is far.", "The door logs are kept for 90 days.")
	said := Sentence{Text: "Door logs of Narubyeol are kept for 90 days.", Passages: []int{3}}
	for _, without := range [][]Rule{nil, {RuleCommon}} {
		in := Sources{Passages: common, Subjects: SubjectsOf("How long does Narubyeol keep door logs?", common), Without: without}
		if v := Check(said, in); v.Refuted != (without != nil) {
			t.Errorf("without %v: got %+v", without, v)
		}
	}
	forgotten := Sources{Passages: passages, Without: []Rule{RuleAttribute}}
	if d := Parse("It lies in Bristol.", forgotten); len(d.Sentences[0].Passages) > 0 {
		t.Errorf("cites %v", d.Sentences[0].Passages)
	}
}

func TestEveryRuleHasWords(t *testing.T) {
	for _, rule := range Rules() {
		if rule == RuleAttribute || rule == RuleCommon || rule == RuleCitation {
			continue // the first two refute nothing, the last has no fact
		}
		for _, language := range []string{"en", "ko"} {
			said := refutes(rule, "1300").Because(language)
			if !strings.Contains(said, "1300") {
				t.Errorf("%s in %s: %q", rule, language, said)
			}
		}
	}
	if said := refutes(RuleCitation, "").Because("ko"); said != "인용한 문단이 없음" {
		t.Errorf("got %q", said)
	}
	if said := (Verdict{}).Because("en"); said != "" {
		t.Errorf("nothing is refuted because %q", said)
	}
}

func TestVerdictsAreReadAsTheyAreWritten(t *testing.T) {
	for _, v := range []Verdict{refutes(RuleNumber, "1300"), refutes(RuleCitation, "")} {
		text, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		var got Verdict
		if err := json.Unmarshal(text, &got); err != nil || got != v {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
	if err := new(Verdict).UnmarshalJSON([]byte(`{"rule": 1}`)); err == nil {
		t.Error("a number is a rule")
	}
}

func TestHolds(t *testing.T) {
	p := passagesOf("The Tamsin bridge was opened in 1931 by Ana Ruiz. 탐신 다리는 1931년에 개통했고 통행료는 3,000원입니다.")[0]
	for answer, want := range map[string]bool{
		"Ana Ruiz": true, "ruiz, ana": true, "Per Ruiz": false, "1931": true, "193": false, "19": false,
		"1931년": true, "31년": false, "1931년 5월": false, "3,000원": true, "탐신 다리": true, "신 다리": false, "다": true, "": false, "…": false,
	} {
		if got := Holds(p.Searchable(), answer); got != want {
			t.Errorf("%q: got %v", answer, got)
		}
	}
}

// TestLatinTitlesMustBeMarkedInTheQuestion checks that a word of the question
// is not a name only because it is a title.
func TestLatinTitlesMustBeMarkedInTheQuestion(t *testing.T) {
	found := []retrieval.Passage{{Document: "a", Title: "Who"}, {Document: "b", Title: "May"}, {Document: "c", Title: "Orrel"}, {Document: "d", Title: "Orr"}}
	for question, want := range map[string][]string{
		"Who may open the bridge?":           nil,
		"Who opened the bridge of Orrel?":    {"Orrel"},
		"When did the band Who see Orrel?":   {"Orrel", "Who"},
		"When did 이순신이 open the Orr bridge?": {"Orr"},
	} {
		if got := SubjectsOf(question, found).titled; !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", question, got, want)
		}
	}
}

// TestTitlesTellNames checks that titles show which Hangul words of a question
// are names.
func TestTitlesTellNames(t *testing.T) {
	titled := func(id, title, text string) retrieval.Passage {
		return retrieval.Passage{Document: id, Title: title, Text: text}
	}
	found := []retrieval.Passage{
		titled("a", "대전 본사 안내", "별마루의 점심시간은 11시 30분부터입니다."), titled("b", "부산 오피스 안내", "부산 오피스는 아침 7시에 엽니다."),
		titled("c", "교육비 지원 안내", "교육비는 해마다 지원합니다."), titled("d", "", "교육비와 점심시간"), titled("e", "", "교육비, 부산"),
		titled("f", "", "서울 오피스 안내\n서울 오피스는 아침 8시에 엽니다."), titled("g", "", "강릉은 멉니다.\n그렇습니다."), titled("h", "장애 대응 절차", "경보가 늦었습니다."),
		titled("i", "이순신", "장군입니다."),
	}
	for question, want := range map[string]bool{
		"부산의 점심시간은 언제인가요?":        true,
		"서울 오피스의 점심시간은 언제인가요?":    true,  // the first line names it
		"이순신의 점심시간은 언제인가요?":       true,  // the whole title
		"장애가 있던 곳의 점심시간은 언제인가요?":  false, // no other title is similar
		"강릉의 점심시간은 언제인가요?":        false, // the first line is a sentence
		"교육비를 받는 곳의 점심시간은 언제인가요?": false, // too common
	} {
		about := strings.TrimSuffix(question, "점심시간은 언제인가요?")
		s := Sentence{Text: about + "점심시간은 11시 30분부터입니다.", Passages: []int{0}, Subquery: question}
		v := Check(s, Sources{Passages: found, Subjects: SubjectsOf(question, found)})
		if v.Refuted != want || want && v.Rule != RuleSubject {
			t.Errorf("%q: got %+v", s.Text, v)
		}
	}
}

func TestCommonNames(t *testing.T) {
	found := passagesOf("Narubyeol began in Gunsan.", "People at NARUBYEOL.", "Narubyeol는 부산에 있다.", "Tidegate is Narubyeol's.", "Tidegate counts docks.")
	for question, want := range map[string]bool{
		"After how many days does Narubyeol delete door logs?": true,
		"Narubyeol deletes door logs when?":                    true,  // the first word
		"When was Tidegate launched?":                          false, // two documents name it
		"Narubyeol는 Tidegate를 언제 출시했나요?":                       true,
	} {
		common := SubjectsOf(question, found).common
		if common["narubyeol"] != want || common["tidegate"] {
			t.Errorf("%q: got %v", question, common)
		}
	}
}

func TestComposeNumbersCitations(t *testing.T) {
	passages := passagesOf("The bridge opened in 1931. It has two lanes.", "The mayor was Ana Ruiz.")
	answer, citations := Compose([]Sentence{
		{Text: "It opened in 1931.", Passages: []int{0}},
		{Text: "Ana Ruiz was mayor.", Passages: []int{1, 0}},
		{Text: "No passage holds this."},
		{Text: "it opened in 1931", Passages: []int{0}},
	}, passages)
	if want := "It opened in 1931. [1] Ana Ruiz was mayor. [2] [1]"; answer != want {
		t.Errorf("got %q, want %q", answer, want)
	}
	if len(citations) != 2 || citations[0].N != 1 || citations[1].N != 2 || citations[1].Quote != "The mayor was Ana Ruiz." {
		t.Errorf("got %+v", citations)
	}
}

// A short answer cites the sentence that holds it, although another sentence shares as
// many words with the question.
func TestComposeCitesTheShortAnswer(t *testing.T) {
	for _, tc := range []struct{ passage, question, value, quote string }{
		{"정회원은 매달 15,000원의 회비를 낸다. 학생 회원은 절반인 7,500원을 낸다.", "학생 회원의 회비는 얼마인가요?", "7,500원", "학생 회원은 절반인 7,500원을 낸다."},
		{"정회원은 매달 3만 원의 회비를 낸다. 학생 회원은 절반인 1만 5천 원을 낸다.", "학생 회원의 회비는 얼마인가요?", "15,000원", "학생 회원은 절반인 1만 5천 원을 낸다."},
		{"Guests of the hut pay each night. The price is 22,000 won.", "What do guests of the hut pay?", "22,000 won", "The price is 22,000 won."},
		{"The keeper of the hut is new. Mina Sol came in May.", "Who is the new keeper of the hut?", "Mina Sol", "Mina Sol came in May."},
		{"The hut opens in May. It closes in fog.", "When does the hut open?", "in spring", "The hut opens in May."}, // none holds it
	} {
		passages := passagesOf(tc.passage)
		_, citations := Compose([]Sentence{{Text: tc.question + " " + tc.value, Value: tc.value, Passages: []int{0}}}, passages)
		if len(citations) != 1 || citations[0].Quote != tc.quote {
			t.Errorf("%s %s: got %+v", tc.question, tc.value, citations)
		}
	}
}

// FuzzClaims checks, for any text of a model and any documents, that no
// citation points outside the passages, that no mark is left in a sentence,
// that every quote is the passage's text at its offsets, and that a verdict has
// a reason.
func FuzzClaims(f *testing.F) {
	f.Add("A fact [1]. Another【2】 [3, x]", "When was it?", "text. 본문 5일. more\n\nrow | cell")
	f.Add("이 규정은 2026. 3. 1. 부터 시행한다 [1].", "언제 시행하나요?", "이 규정은 2026. 3. 1. 부터 시행한다.")
	f.Add("Passage 2: It opened on Dec. 5, cf. Table 2 [[1]2].", "When did Orrel open?", "Orrel\nIt opened on 12월 5일.")
	f.Fuzz(func(t *testing.T, written, question, document string) {
		document = strings.ToValidUTF8(document, "")
		passages := passagesOf(document, "The mayor of Orrel was Ana Ruiz in 1931.")
		passages[1].Title = "Orrel"
		in := Sources{Passages: passages, Subjects: SubjectsOf(question, passages)}
		d := Parse(written, in)
		if spelt, ok := OfValue(question, written, nil, in); ok {
			d.Sentences = append(d.Sentences, spelt)
		}
		for _, s := range d.Sentences {
			for _, i := range s.Passages {
				if i < 0 || i >= len(passages) {
					t.Fatalf("%q cites passage %d", s.Text, i)
				}
			}
			if s.Value == "" && (citationMark.MatchString(s.Text) || strayMark.MatchString(s.Text)) {
				t.Fatalf("a mark is left in %q", s.Text)
			}
			if v := Check(s, in); v.Refuted != (v.Because("en") != "") || v.Refuted != (v.Because("ko") != "") {
				t.Fatalf("%+v because %q", v, v.Because("en"))
			}
		}
		_, citations := Compose(d.Sentences, passages)
		for _, c := range citations {
			for _, p := range passages {
				if p.Document == c.Document && string([]rune(p.Text)[c.Start-p.Start:c.End-p.Start]) != c.Quote {
					t.Fatalf("the quote %q is not the text at %d to %d of %q", c.Quote, c.Start, c.End, p.Text)
				}
			}
		}
		WithoutInstructions(d, written, passages)
		Inert(written)
	})
}
