package agent

import "testing"

func TestMissingFact(t *testing.T) {
	passages := passagesOf("It costs 1,200 won from 07:30 on. The Harbour Team uses Tidegate.", "Up to 15 days.", "Tidegate는 하버팀(Harbour Team)이 맡습니다.", "The Kenshū Team owns it.")
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
		{"The Harbour Team owns it.", []int{0}, ""},
		{"It is owned by the Routing Team.", []int{0}, "Routing"},
		{"Routing is first.", []int{0}, ""},
		{"It belongs to the Harbour Team.", []int{2}, ""},
		{"하버팀은 Waymoth를 맡습니다.", []int{2}, "Waymoth"},
		{"하버팀은 Tidegate를 맡습니다.", []int{2}, ""},
		{"It is owned by the Kenshu Team.", []int{3}, ""},
	} {
		got, _ := missingFact(Sentence{Text: tc.text, Passages: tc.from}, passages)
		if got != tc.want {
			t.Errorf("%q from %v: got %q, want %q", tc.text, tc.from, got, tc.want)
		}
	}
}
