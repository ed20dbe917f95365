package claim

import "testing"

func TestSaysNothing(t *testing.T) {
	const (
		cars, carsKorean     = "How many cars does the night ferry carry?", "밤 나룻배는 차를 몇 대 태웁니까?"
		leader, leaderKorean = "Who leads the harbour office?", "항만 사무소는 누가 이끕니까?"
	)
	for _, test := range []struct {
		question, answer string
		nothing          bool
	}{
		{cars, "The night ferry carries cars.", true},
		{cars, "The night ferry carries 42 cars.", false},
		{cars, "The night ferry carries no cars.", false},
		{carsKorean, "밤 나룻배는 차를 태웁니다.", true},
		{carsKorean, "밤 나룻배는 차 42대를 태웁니다.", false},
		{leader, "The harbour office leads.", true},
		{leader, "Ana Ruiz leads the harbour office.", false},
		{leader, "The harbour team", false},
		{leaderKorean, "항만 사무소를 이끕니다.", true},
		{leaderKorean, "항만 사무소는 나현우 소장이 이끕니다.", false},
		{"Does the night ferry carry cars?", "The night ferry carries cars.", false},
		{"밤 나룻배는 차를 태웁니까?", "밤 나룻배는 차를 태웁니다.", false},
		{"Which ferry is larger, Tamsin or Harrowgate?", "The Tamsin ferry is larger.", false},
		{"Tamsin과 Harrowgate 중 어느 나룻배가 더 큽니까?", "Tamsin 나룻배가 더 큽니다.", false},
		{"What is the harbour office?", "The harbour office is the harbour office.", true},
		{leader, "The leader of the harbour office is the leader.", true},
		{leader, "The Harbour Team's owner is the Harbour Team.", false},
		{"When does the 07:30 ferry leave?", "The 07:30 ferry leaves at 07:30.", false},
		{leaderKorean, "항만 사무소의 소장은 소장입니다.", true},
		{leaderKorean, "나룻배는 나룻배입니다.", true},
		{leaderKorean, "항만 사무소의 소장은 나현우입니다.", false},
		{leader, "", false},
	} {
		var sentences []Sentence
		if test.answer != "" {
			sentences = []Sentence{{Text: test.answer}}
		}
		if got := SaysNothing(test.question, sentences); got != test.nothing {
			t.Errorf("%q to %q: got %t", test.answer, test.question, got)
		}
	}
	if SaysNothing(leader, []Sentence{{Text: "The harbour office leads."}, {Text: "Ana Ruiz does."}}) {
		t.Error("one sentence says something")
	}
}

func FuzzNormalize(f *testing.F) {
	f.Add("**a** 【1†x】 {\"answer\": \"b\"}")
	f.Add("제공된 구절에 따르면, 나룻배 (구절 1)")
	f.Add("According to [1], \xff. <co: 1>x</co: 1>")
	f.Fuzz(func(t *testing.T, written string) {
		normal := Normalize(written)
		for _, s := range Parse(normal, Sources{}).Sentences {
			if citationMark.MatchString(s.Text) {
				t.Fatalf("%q: a mark is left in %q", written, s.Text)
			}
		}
	})
}
