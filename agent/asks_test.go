package agent

import "testing"

func TestMisses(t *testing.T) {
	for _, tc := range []struct {
		question, answer string
		want             bool
	}{
		{"Who was the first president of the Lamp Society?", "The Lamp Society was founded in 1991.", true},
		{"Who was the first president of the Lamp Society?", "It was Ana Ruiz.", false},
		{"By whom is the Lamp Society led?", "By a board of three members.", false},
		{"Who leads the Harbour team?", "The Harbour team has no manager now.", false},
		{"Who leads the Harbour team?", "하버팀은 김하나가 이끕니다.", false},
		{"Which person who leads a team is the oldest?", "The lead of the first team is the oldest.", false},
		{"How many lanes has the bridge?", "The bridge has lanes.", true},
		{"How many lanes has the bridge?", "The bridge has two lanes.", false},
		{"How much is the fee?", "There is no fee.", false},
		{"In the town of Orrel, what percentage of houses is empty?", "Orrel has empty houses.", true},
		{"When was the bridge opened?", "The bridge was opened by the mayor.", true},
		{"When was the bridge opened?", "The bridge was opened in the spring.", false},
		{"The bridge was opened when?", "The bridge was opened by the mayor.", true},
		{"When may I take leave?", "Once the probation has ended.", false},
		{"In what year was it sold?", "It was sold to Norvale.", true},
		{"In what year was it sold?", "It was sold in 1931.", false},
		{"Where is the bridge?", "The bridge has lanes.", false},
		{"통행료는 얼마인가요?", "통행료를 받습니다.", true},
		{"통행료는 얼마인가요?", "통행료는 3,000원입니다.", false},
		{"통행료는 얼마인가요?", "통행료는 없습니다.", false},
		{"차로는 몇 개인가요?", "차로가 있습니다.", true},
		{"차로는 몇 개인가요?", "차로는 두 개입니다.", false},
		{"다리는 언제 개통되었나요?", "다리는 시장이 열었습니다.", true},
		{"다리는 언제 개통되었나요?", "다리는 봄에 열렸습니다.", false},
		{"누가 다리를 열었나요?", "시장이 열었습니다.", false},
	} {
		if got := misses(tc.question, tc.answer); got != tc.want {
			t.Errorf("%q, %q: got %v", tc.question, tc.answer, got)
		}
	}
}
