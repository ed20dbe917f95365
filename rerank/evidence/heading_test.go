package evidence

import (
	"fmt"
	"slices"
	"testing"
)

func TestHeadings(t *testing.T) {
	for _, tt := range []struct {
		text string
		want []string
	}{
		{"", nil},
		{"No heading. Two sentences.", nil},
		{"# Leave\n\nOf all kinds.\n\n## Carry over\n\nFive days.\n", []string{"1 Leave", "2 Carry over"}},
		{"BRISTOL\n\nAddress: 1 Quay.\n\nFLOORS\n\nGround floor.", []string{"1 BRISTOL", "1 FLOORS"}},
		{"온콜 안내\n\n1. 교대\n\n월요일에 합니다.\n\n2. 수당\n\n없습니다.", []string{"1 온콜 안내", "1 1. 교대", "1 2. 수당"}},
		{"# Rules\n\n## 1. Purpose\n\nRest.\n\n## 2. Days (v. 2)\nFifteen.\n#hashtag is none.", []string{"1 Rules", "2 1. Purpose", "2 2. Days (v. 2)"}},
		{"# 규정\n\n## 제1조. 목적\n\n쉬기 위함입니다.", []string{"1 규정", "2 제1조. 목적"}},
		{"| a | b |\n|---|---|\n| 1 | 2 |\n", nil},
	} {
		runes := []rune(tt.text)
		var got []string
		for _, h := range Headings(runes) {
			got = append(got, fmt.Sprintf("%d %s", h.Level, h.Text))
			if h.Start < 0 || h.End > len(runes) || h.Start >= h.End {
				t.Errorf("%q: %+v", tt.text, h)
			}
		}
		if !slices.Equal(got, tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
	}
}
