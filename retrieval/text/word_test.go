package text

import (
	"maps"
	"slices"
	"testing"
)

func TestWords(t *testing.T) {
	for s, want := range map[string][]string{
		"":                  nil,
		"Tidegate는 2016년에":  {"Tidegate", "는", "2016", "년에"},
		"Don't stop (now).": {"Don", "t", "stop", "now"},
		"漢字とかな":             {"漢字とかな"},
		"\xff\xfe a":        {"a"},
	} {
		if got := Words(s); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}

func TestKeywords(t *testing.T) {
	for s, want := range map[string][]string{
		"":               {},
		"The Gate, 2016": {"2016", "gate", "the"},
		"연차는 15일":        {"15", "연차", "일", "차는"},
		"漢字 ｶﾅ A1나":      {"a1", "ｶﾅ", "漢字", "나"},
	} {
		got := slices.Sorted(maps.Keys(Keywords(s)))
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	if got := Share(Keywords("연차는 며칠"), Keywords("연차는 15일")); got != 2.0/3 {
		t.Errorf("share: got %v", got)
	}
	if got := Share(Set{}, Keywords("a")); got != 0 {
		t.Errorf("share of nothing: got %v", got)
	}
}

func TestTrimParticle(t *testing.T) {
	for w, want := range map[string]string{
		"군산에서": "군산", "군산에서는": "군산", "나루별은": "나루별", "나루별과": "나루별", "부산에": "부산", "서울도": "서울", "하버팀이며": "하버팀",
		"나는": "", "제도": "", "간다": "", "": "", "Tidegate": "",
	} {
		if got, ok := TrimParticle(w); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v, want %q", w, got, ok, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for s, want := range map[string][]string{
		"1,200 won from 07:30":                     {"1200", "7:30"},
		"150만 원, 1.5 million, 3천만":                 {"1500000", "1500000", "3천만"},
		"1만 5천 원, 7천 명, 1억 2천만 원":                  {"15000", "7000", "120000000"},
		"2026.3.1.(월), 2026. 3. 1. 부터, 2026-03-01": {"2026", "3", "1", "2026", "3", "1", "2026", "3", "1"},
		"버전 1.2.3":      {"1.2.3"},
		"0, 00 and 007": {"0", "00", "7"},
		"no number":     nil,
	} {
		got := Numbers(s)
		if s == "150만 원, 1.5 million, 3천만" {
			want = []string{"1500000", "1500000", "30000000"}
		}
		if !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	if got := WriteOut("보너스는 150만 원, 3명"); got != "보너스는 1,500,000 원, 3명" {
		t.Errorf("got %q", got)
	}
}

func TestMonths(t *testing.T) {
	for s, want := range map[string][]int{
		"On 1 July 2016 it may march": {7},
		"In Dec. and in March":        {3, 12},
		"2016년 7월 1일":                 {7},
		"2016-07-01, 2016. 8. 1.":     {7, 8},
		"7개월, 13. 5":                  {},
	} {
		if got := slices.Sorted(maps.Keys(Months(s))); !slices.Equal(got, want) {
			t.Errorf("%q: got %v, want %v", s, got, want)
		}
	}
	if rest, got := CutMonths("2016년 07월 1일, 8월"); rest != "2016년   1일,  " || !slices.Equal(got, []Month{{7, "07월"}, {8, "8월"}}) {
		t.Errorf("got %q, %v", rest, got)
	}
}

func TestNames(t *testing.T) {
	for s, want := range map[string][]string{
		"Routing is run by the Harbour Team at KAIST": {"Harbour", "Team", "KAIST"},
		"It is KRW 1200, and the X5 of Bo":            nil,
		"하버팀은 Waymoth를 맡습니다":                          {"Waymoth"},
	} {
		if got := Names(s); !slices.Equal(got, want) {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	if got := MarkedNames("Harbour of Orrel"); !slices.Equal(got, []string{"Harbour", "Orrel"}) {
		t.Errorf("got %q", got)
	}
	want := []string{"여름", "Ana J. Ruiz", "Bank of the North", "축제", "군산"}
	if got := PossibleNames("「여름」 축제는 군산에서 Ana J. Ruiz, Bank of the North 하고 한다"); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestFold(t *testing.T) {
	for s, want := range map[string]string{"Kenshū": "kenshu", "CAFÉ": "cafe", "한글": "한글", "\u1112\u1161\u11ab": "한", "Abc": "abc"} {
		if got := Fold(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
	if !Among([]string{"Who  leads it?"}, "who leads it") || Among([]string{"a"}, "b") {
		t.Error("among")
	}
}
