package agent

import "testing"

func TestMissingFact(t *testing.T) {
	passages := passagesOf("It costs 1,200 won from 07:30 on. The Harbour Team uses Tidegate.", "Up to 15 days.", "Tidegate는 하버팀(Harbour Team)이 맡습니다.", "The Kenshū Team owns it.", "The bonus is KRW 1,500,000.", "보너스는 150만 원입니다.", "30,000,000 people", "It was renamed on 1 July 2016 and may move.",
		"2016년 7월 1일에 이름을 바꾸었습니다.", "Renamed: 2016-07-01")
	for _, tc := range []struct {
		text string
		from []int
		want string
	}{
		{"It costs 1200 won.", []int{0}, ""},
		{"From 7:30.", []int{0}, ""},
		{"It costs 1300 won.", []int{0}, "1300"},
		{"It is 15 days.", []int{0}, "15"},
		{"It is 15 days.", []int{0, 1}, ""},
		{"No number.", []int{0}, ""},
		{"It costs 150만 원.", []int{4}, ""},
		{"It costs 1.5 million won.", []int{4}, ""},
		{"It costs 1500 thousand won.", []int{4}, ""},
		{"It costs 150 won.", []int{4}, "150"},
		{"It costs 1,500,000 won.", []int{5}, ""},
		{"추천하면 180만 원을 받습니다.", []int{5}, "1800000"},
		{"직원 3천만 명.", []int{6}, ""},
		{"The Harbour Team owns it.", []int{0}, ""},
		{"It is owned by the Routing Team.", []int{0}, "Routing"},
		{"Routing is first.", []int{0}, ""},
		{"It belongs to the Harbour Team.", []int{2}, ""},
		{"하버팀은 Waymoth를 맡습니다.", []int{2}, "Waymoth"},
		{"하버팀은 Tidegate를 맡습니다.", []int{2}, ""},
		{"It is owned by the Kenshu Team.", []int{3}, ""},
		{"It is owned by KAIST.", []int{3}, "KAIST"},
		{"It is KRW 1200.", []int{0}, ""},
		{"The bonus of Routing is KRW 1,600,000.", []int{5}, "1600000"},
		{"2016년 7월 1일입니다.", []int{7}, ""},
		{"2016년 6월 1일입니다.", []int{7}, "6"},
		{"2016년 5월 1일입니다.", []int{7}, "5"},
		{"7개월입니다.", []int{7}, "7"},
		{"2016년 7월 1일입니다.", []int{9}, ""},
		{"On 1 July 2016.", []int{8}, ""},
		{"On 1 Jul 2016.", []int{9}, ""},
		{"On 1 June 2016.", []int{8}, "June"},
	} {
		got, _ := missingFact(Sentence{Text: tc.text, Passages: tc.from}, passages, givenNames{})
		if got != tc.want {
			t.Errorf("%q from %v: got %q, want %q", tc.text, tc.from, got, tc.want)
		}
	}
}

func TestForeignPassagesSpellNamesOtherwise(t *testing.T) {
	passages := passagesOf("루팅팀이 조수문 3개를 맡습니다.", "The Harbour Team runs 3 gates.")
	for text, want := range map[string]bool{
		"The 3 gates are run by the Routing Team.":   false,
		"The 4 gates are run by the Routing Team.":   true,
		"It is known that Routing runs the 3 gates.": false,
	} {
		if got := refuted(Sentence{Text: text, Passages: []int{0}}, passages, givenNames{}); got != want {
			t.Errorf("%q: refuted %v", text, got)
		}
	}
	if !refuted(Sentence{Text: "The 3 gates are run by the Routing Team.", Passages: []int{1}}, passages, givenNames{}) {
		t.Error("a name that an English passage lacks is let through in English")
	}
}

// What was looked up is told in the question's words, its answer in the passage's.
func TestALookUpIsInOtherWords(t *testing.T) {
	passages := passagesOf("Trips are booked through Drift Travel until 31 August 2026.")
	const lookup = "the agency that reserves flights and hotels under the present rules"
	for _, tc := range []struct {
		sentence Sentence
		want     bool
	}{
		{answered(lookup, "Drift Travel.", 0), false},
		{Sentence{Text: lookup + ": Drift Travel.", Passages: []int{0}}, true}, // as a claim of its own
		{answered(lookup, "Tamsin Travel.", 0), true},
		{answered("the agency of Orrel that reserves hotels", "Drift Travel.", 0), true},
		{answered("the agency whose contract ends in 2027", "Drift Travel.", 0), true},
		{answered(lookup, "the flights.", 0), true},
		{answered("whether trips are booked by rail or through Drift", "Drift.", 0), false},
	} {
		if got := refuted(tc.sentence, passages, givenNames{}); got != tc.want {
			t.Errorf("%q: refuted %v", tc.sentence.Text, got)
		}
	}
}
