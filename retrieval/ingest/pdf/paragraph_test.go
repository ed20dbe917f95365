package pdf

import "testing"

func TestKoreanWordsThatLineEndsCut(t *testing.T) {
	known := compounds{}
	for _, line := range []string{
		"모든 연차 휴가를 받으려면 미리 알립니다.",
		"이월은 한 해에 한 번, “관리자가” 승인한 뒤에 합니다.",
		"직원은 여비규정에 따라 다닙니다.",
	} {
		known.add(line)
	}
	for _, tc := range []struct {
		above, below string
		joins        bool
	}{
		{"쓰지 못한 휴", "가는 다음 해로 넘어갑니다.", true}, // 휴가 is known with another particle
		{"이때에는 반드시 관리", "자가 승인합니다.", true},
		{"출장비는 여비규", "정에 따릅니다.", true},
		{"쓰지 못한 연차", "휴가를 씁니다.", false},       // both are words
		{"쓰지 못한 날", "짜는 없어집니다.", false},       // not known
		{"the last day of 휴", "go on", false}, // not in Hangul
		{"", "가는", false},
		{"휴", "", false},
	} {
		if got := known.join(tc.above, tc.below); got != tc.joins {
			t.Errorf("%q + %q: got %v, want %v", tc.above, tc.below, got, tc.joins)
		}
	}
}
