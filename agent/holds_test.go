package agent

import "testing"

func TestHolds(t *testing.T) {
	p := passagesOf("The Tamsin bridge was opened in 1931 by Ana Ruiz. 탐신 다리는 1931년에 개통했고 통행료는 3,000원입니다.")[0]
	for answer, want := range map[string]bool{
		"Ana Ruiz": true, "ruiz, ana": true, "Per Ruiz": false, "1931": true, "193": false, "19": false,
		"1931년": true, "31년": false, "1931년 5월": false, "3,000원": true, "탐신 다리": true, "신 다리": false, "다": true, "": false, "…": false,
	} {
		if got := holds(p.Searchable(), answer); got != want {
			t.Errorf("%q: got %v", answer, got)
		}
	}
}
