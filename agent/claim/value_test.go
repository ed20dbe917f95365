package claim

import (
	"testing"

	"selfrag/retrieval"
)

func TestANumberStandsWithWhatIsCounted(t *testing.T) {
	passages := []retrieval.Passage{{Text: "The waiting list is 2.5 years long. It has 140 names.\n\n| Plot | Rent |\n|---|---|\n| small | 12 |"}, {Text: "급식에는 쌀이 92퍼센트 들어갑니다. 한 해에 쌀 4,100킬로그램을 삽니다."}}
	for _, tc := range []struct {
		question, value string
		passage         int
		refuted         bool
	}{
		{"How many names are on the waiting list?", "2.5", 0, true},
		{"How many names are on the waiting list?", "140", 0, false},
		{"How many years is the waiting list long?", "2.5", 0, false},
		{"How many euros is the rent of a small plot?", "12", 0, false}, // the unit of a row is in its header
		{"Who keeps the waiting list?", "140", 0, false},                // asks for no number
		{"급식에 들어가는 쌀은 한 해에 몇 킬로그램인가요?", "92", 1, true},
		{"급식에 들어가는 쌀은 한 해에 몇 킬로그램인가요?", "4,100", 1, false},
		{"How much does a small plot cost?", "2.5 years", 0, true},
		{"How much does a small plot cost?", "12", 0, false},
		{"How much does a small plot cost?", "12 euros", 0, false},
		{"How much does a small plot cost?", "nothing", 0, false},
		{"How much notice must a tenant give?", "30 days", 0, false}, // asks for no price
		{"텃밭을 빌리려면 얼마를 내야 하나요?", "30일", 1, true},
		{"텃밭을 빌리려면 얼마를 내야 하나요?", "3만 원", 1, false},
		{"텃밭 계약의 기간은 얼마인가요?", "30일", 1, false},
	} {
		in := Sources{Passages: passages}
		s := Sentence{Text: tc.question + " " + tc.value, Value: tc.value, Passages: []int{tc.passage}}
		if v := wrongUnit(s, in); v.Refuted != tc.refuted || v.Refuted && v.Rule != RuleUnit {
			t.Errorf("%s %s: got %+v", tc.question, tc.value, v)
		}
		in.Without = []Rule{RuleUnit}
		if v := wrongUnit(s, in); v.Refuted {
			t.Errorf("%s %s is refuted by a rule that is left out", tc.question, tc.value)
		}
	}
}

func TestAnAmountKeepsItsCurrency(t *testing.T) {
	in := Sources{Passages: []retrieval.Passage{
		{Text: "Hotel costs are paid up to KRW 180,000 a night in Korea and up to EUR 190 in Europe. It has 12 rooms; the key costs EUR 12."},
		{Text: "숙박비는 1박에 20만 원까지, 식비는 30,000원까지 냅니다."},
	}}
	for value, want := range map[string]string{
		"180,000":     "KRW 180,000",
		"190":         "EUR 190",
		"EUR 190":     "EUR 190",
		"12":          "12", // rooms, too
		"18":          "",   // stands nowhere
		"20":          "20만 원",
		"30,000":      "30,000원",
		"30,000원":     "30,000원",
		"180,000 KRW": "180,000 KRW",
	} {
		s, ok := OfValue("What is the limit?", value, nil, in)
		if ok != (want != "") || s.Value != want {
			t.Errorf("%q: got %q, %v, want %q", value, s.Value, ok, want)
		}
	}
}

func TestAGroupIsNoPerson(t *testing.T) {
	in := Sources{Passages: []retrieval.Passage{{Text: "Tidegate is owned by the Dock Planning Team, which Ana Ruiz leads."}}}
	for _, tc := range []struct {
		question, value string
		refuted         bool
	}{
		{"Who leads the team that owns Tidegate?", "Dock Planning Team", true},
		{"Who leads the team that owns Tidegate?", "Ana Ruiz", false},
		{"Which team owns the product that Tidegate replaced?", "Dock Planning Team", false}, // asks for the team
		{"Who owns Tidegate?", "Dock Planning Team", false},
		{"Who is the captain of the ferry with two decks?", "the ferry", true},
		{"타이드게이트를 담당하는 팀의 팀장은 누구인가요?", "부두계획팀", true},
		{"타이드게이트를 담당하는 팀의 팀장은 누구인가요?", "부두계획팀의", true},
		{"타이드게이트를 담당하는 팀의 팀장은 누구인가요?", "한지우 팀장", false},
		{"타이드게이트를 담당하는 것은 누구인가요?", "부두계획팀", false},
		{"타이드게이트를 담당하는 팀의 층은 어디인가요?", "부두계획팀", false},
	} {
		s := Sentence{Text: tc.question + " " + tc.value, Value: tc.value, Passages: []int{0}}
		if v := partOfQuestion(s, in); v.Refuted != tc.refuted || v.Refuted && v.Rule != RulePart {
			t.Errorf("%s %s: got %+v", tc.question, tc.value, v)
		}
	}
	in.Without = []Rule{RulePart}
	if v := partOfQuestion(Sentence{Text: "Who leads the team that owns Tidegate? Dock Planning Team", Value: "Dock Planning Team"}, in); v.Refuted {
		t.Error("refuted by a rule that is left out")
	}
}

func TestAValueThatFitsMayStandInOtherWords(t *testing.T) {
	in := Sources{Passages: []retrieval.Passage{{Text: "열람실은 평일 07:00~23:00, 휴일 07:00~22:00에 엽니다. 문의는 사서 윤가람에게 하십시오."}}}
	for _, tc := range []struct {
		question, value string
		refuted         bool
	}{
		{"휴일에 열람실 불은 밤 몇 시까지 켜져 있나요?", "22:00", false}, // 3 of 7 words
		{"비 오는 휴일에 우산을 빌려 주는 곳은 밤 몇 시까지 여나요?", "22:00", true},
		{"휴일에 열람실 불을 밤까지 켜는 사람은 누구인가요?", "윤가람", true}, // code cannot tell names apart
	} {
		v := Check(Sentence{Text: tc.question + " " + tc.value, Value: tc.value, Passages: []int{0}}, in)
		if v.Refuted != tc.refuted || v.Refuted && v.Rule != RuleWords {
			t.Errorf("%s %s: got %+v", tc.question, tc.value, v)
		}
	}
}
