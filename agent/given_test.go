package agent

import (
	"maps"
	"slices"
	"testing"

	"selfrag/retrieval"
)

// Titles tell which of a question's words in Hangul are names.
func TestTitlesTellNames(t *testing.T) {
	titled := func(id, title, text string) retrieval.Passage {
		return retrieval.Passage{Document: id, Title: title, Text: text}
	}
	found := []retrieval.Passage{
		titled("a", "대전 본사 안내", "별마루의 점심시간은 11시 30분부터입니다."), titled("b", "부산 오피스 안내", "부산 오피스는 아침 7시에 엽니다."),
		titled("c", "교육비 지원 안내", "교육비는 해마다 지원합니다."), titled("d", "", "교육비와 점심시간"), titled("e", "", "교육비, 부산"), titled("f", "", "서울 오피스 안내\n서울 오피스는 아침 8시에 엽니다."), titled("g", "", "강릉은 멉니다.\n그렇습니다."), titled("h", "장애 대응 절차", "경보가 늦었습니다."), titled("i", "이순신", "장군입니다."), titled("j", "Busan office", "Lunch begins at 11 h 30."),
	}
	for _, tc := range []struct {
		question, claim string
		from            int
		want            bool
	}{
		{"부산 오피스의 점심시간은 언제인가요?", "부산 오피스의 점심시간은 11시 30분부터입니다.", 0, true},
		{"부산의 점심시간은 언제인가요?", "부산의 점심시간은 11시 30분부터입니다.", 0, true},
		{"서울 오피스의 점심시간은 언제인가요?", "서울 오피스의 점심시간은 11시 30분부터입니다.", 0, true},               // the first line names it
		{"장애가 있던 곳의 점심시간은 언제인가요?", "장애가 있던 곳의 점심시간은 11시 30분부터입니다.", 0, false},          // no other title is alike
		{"이순신의 점심시간은 언제인가요?", "이순신의 점심시간은 11시 30분부터입니다.", 0, true},                     // the whole title
		{"강릉의 점심시간은 언제인가요?", "강릉의 점심시간은 11시 30분부터입니다.", 0, false},                      // the first line is a sentence
		{"대전 본사의 점심시간은 언제인가요?", "대전 본사의 점심시간은 11시 30분부터입니다.", 0, false},                // the title names it
		{"부산 오피스의 점심시간은 언제인가요?", "점심시간은 11시 30분부터입니다.", 0, false},                      // says nothing of it
		{"점심시간은 언제인가요?", "부산 점심시간은 11시 30분부터입니다.", 0, false},                           // the question does not ask for it
		{"교육비를 받는 곳의 점심시간은 언제인가요?", "교육비를 받는 곳의 점심시간은 11시 30분부터입니다.", 0, false},        // as common
		{"부산 오피스의 점심시간은 언제인가요?", "부산 오피스의 점심시간은 11시 30분부터입니다.", len(found) - 1, false}, // spelt otherwise there
	} {
		s := Sentence{Text: tc.claim, Passages: []int{tc.from}, lookUp: tc.question}
		if got := refuted(s, found, givenIn(tc.question, found)); got != tc.want {
			t.Errorf("%q from %d: refuted %v", tc.claim, tc.from, got)
		}
	}
}

// A question's own words are no names for being a title.
func TestLatinTitlesMustBeMarkedInTheQuestion(t *testing.T) {
	found := []retrieval.Passage{{Document: "a", Title: "Who"}, {Document: "b", Title: "May"}, {Document: "c", Title: "Orrel"}, {Document: "d", Title: "Orr"}}
	for question, want := range map[string][]string{
		"Who may open the bridge?":           nil,
		"Who opened the bridge of Orrel?":    {"Orrel"},
		"When did the band Who see Orrel?":   {"Orrel", "Who"},
		"When did 이순신이 open the Orr bridge?": {"Orr"},
	} {
		if got := givenIn(question, found).titled; !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", question, got, want)
		}
	}
}

func TestCommonNames(t *testing.T) {
	document := func(id, text string) retrieval.Passage { return retrieval.Passage{Document: id, Text: text} }
	found := []retrieval.Passage{
		document("a", "Narubyeol began in Gunsan."), document("a", "Tidegate is Narubyeol's."), document("b", "People at NARUBYEOL."), document("c", "Narubyeol는 부산에 있다."),
		document("d", "Tidegate counts docks."), document("e", "The door logs are kept for 90 days."),
	}
	for question, want := range map[string][]string{
		"After how many days does Narubyeol delete door logs?": {"narubyeol"},
		"Narubyeol deletes door logs when?":                    {"narubyeol"},
		"When was Tidegate launched?":                          nil, // two documents name it
		"When are door logs deleted?":                          nil,
		"Narubyeol는 Tidegate를 언제 출시했나요?":                       {"narubyeol"},
	} {
		given := givenIn(question, found)
		if got := slices.Sorted(maps.Keys(given.common)); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", question, got, want)
		}
	}
	given := givenIn("After how many days does Narubyeol delete door logs?", found)
	for text, want := range map[string]bool{
		"The team at Narubyeol keeps door logs for 90 days.":      false,
		"The team at Narubyeol keeps door logs for 30 days.":      true,
		"The Gunsan team keeps door logs for 90 days.":            true,
		"The team of Narubyeol in Gunsan keeps logs for 90 days.": true,
	} {
		s := attribute(Sentence{Text: text}, found[5:], given)
		if got := refuted(s, found[5:], given); got != want {
			t.Errorf("%q, citing %v: refuted %v, want %v", text, s.Passages, got, want)
		}
	}
}
