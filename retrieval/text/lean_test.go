package text

import "testing"

func TestLeansBack(t *testing.T) {
	for sentence, want := range map[string]bool{
		"It is billed per dock.": true, "These are paid in March.": true, "“They moved in 2019.”": true, "The latter is free.": true, "However, it rains.": true,
		"Item 3 is free.": false, "The bridge has two lanes.": false, "Thesis work counts.": false, "Tidegate is owned by the team.": false, "": false,
		"이때 팀장의 승인이 필요합니다.": true, "다만 3일 전까지 알려야 합니다.": true, "해당 팀은 5층에 있습니다.": true, "그 밖의 비용은 내지 않습니다.": true,
		"이월은 5일까지 됩니다.": false, "그래블박스는 2019년에 나왔습니다.": false, "단말기는 3년마다 바꿉니다.": false, "이순신 공원은 열려 있습니다.": false,
	} {
		if got := LeansBack(sentence); got != want {
			t.Errorf("%q: got %t", sentence, got)
		}
	}
}
