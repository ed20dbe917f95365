package numbering

import (
	"slices"
	"strconv"
	"testing"
)

func TestCounter(t *testing.T) {
	articles := []Level{{Start: 1, Format: "decimal", Text: "제%1조"}, {Start: 1, Format: "ganada", Text: "%2."}, {Start: 3, Format: "decimalZero", Text: "%1-%2-%3"}}
	never := slices.Clone(articles)
	never[1].Restart = -1
	legal := slices.Clone(articles)
	legal[2].Legal = true
	for name, tc := range map[string]struct {
		levels []Level
		at     []int // levels of the paragraphs
		want   []string
	}{
		"levels begin anew below each":        {articles, []int{0, 1, 1, 0, 1}, []string{"제1조", "가.", "나.", "제2조", "가."}},
		"a level that goes on":                {never, []int{0, 1, 0, 1}, []string{"제1조", "가.", "제2조", "나."}},
		"the numbers of levels above":         {articles, []int{0, 1, 1, 2, 2}, []string{"제1조", "가.", "나.", "1-나-03", "1-나-04"}},
		"all decimal":                         {legal, []int{0, 1, 1, 2}, []string{"제1조", "가.", "나.", "1-2-03"}},
		"a level above had no paragraph":      {articles, []int{2}, []string{"1-가-03"}},
		"no such level":                       {articles, []int{-1, 3, 99}, []string{"", "", ""}},
		"bullets and paragraphs with no sign": {[]Level{{Format: "bullet"}, {Format: "none", Text: "%1"}}, []int{0, 1}, []string{"•", ""}},
		"signs that name no level":            {[]Level{{Start: 1, Format: "decimal", Text: "%% %9 %1%"}}, []int{0}, []string{"%%  1%"}},
	} {
		t.Run(name, func(t *testing.T) {
			var c Counter
			var got []string
			for _, level := range tc.at {
				got = append(got, c.Next(tc.levels, level))
			}
			if !slices.Equal(got, tc.want) {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
	var c Counter
	c.Next(articles, 0)
	c.Restart(0)
	c.Restart(MaxLevels)
	if got := c.Next(articles, 0); got != "제1조" {
		t.Errorf("begun anew: %q", got)
	}
}

func TestFormats(t *testing.T) {
	for format, want := range map[string]map[int]string{
		"decimal":                 {0: "0", 12: "12"},
		"decimalZero":             {7: "07", 10: "10"},
		"lowerLetter":             {1: "a", 26: "z", 27: "aa", 0: "0"},
		"upperRoman":              {4: "IV", 1994: "MCMXCIV", 0: "0", 4000: "4000"},
		"ganada":                  {1: "가", 14: "하", 15: "15"},
		"decimalEnclosedCircle":   {20: "⑳", 21: "21"},
		"koreanCounting":          {1: "일", 10: "십", 21: "이십일", 100: "100"},
		"koreanLegal":             {1: "하나", 20: "스물", 99: "아흔아홉"},
		"chineseCounting":         {11: "十一", 20: "二十"},
		"ideographDigital":        {9: "九", 10: "一〇"},
		"one that nobody defined": {3: "3"},
	} {
		for n, text := range want {
			if got := formatNumber(n, format); got != text {
				t.Errorf("%d as %s: got %q, want %q", n, format, got, text)
			}
		}
	}
	for n := range 5000 { // each has some form
		if Roman(n) == "" || n > 3999 && Roman(n) != strconv.Itoa(n) {
			t.Errorf("%d: %q", n, Roman(n))
		}
	}
}

func TestSetLevel(t *testing.T) {
	levels := SetLevel(nil, 1, Level{Format: "ganada"})
	if len(levels) != 2 || levels[0].Format != "none" || levels[1].Format != "ganada" {
		t.Errorf("got %+v", levels)
	}
	for _, at := range []int{-1, 9, 1 << 30} {
		if got := SetLevel(levels, at, Level{}); len(got) != 2 {
			t.Errorf("level %d: got %+v", at, got)
		}
	}
}
