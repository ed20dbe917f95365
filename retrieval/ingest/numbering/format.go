package numbering

import (
	"strconv"
	"strings"
)

// formatNumber writes a number in one of the formats of WordprocessingML
// (ISO/IEC 29500-1, 17.18.59). It writes a decimal number if the format is unknown
// or does not go up to the number.
func formatNumber(n int, format string) string {
	series := map[string]string{
		"ganada":                       "가나다라마바사아자차카타파하",
		"chosung":                      "ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ",
		"decimalEnclosedCircle":        "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
		"decimalEnclosedCircleChinese": "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳",
		"decimalEnclosedParen":         "⑴⑵⑶⑷⑸⑹⑺⑻⑼⑽⑾⑿⒀⒁⒂⒃⒄⒅⒆⒇",
		"decimalEnclosedFullstop":      "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛",
		"gapeul":                       "갑을병정무기경신임계",
		"ideographTraditional":         "甲乙丙丁戊己庚辛壬癸",
		"ideographZodiac":              "子丑寅卯辰巳午未申酉戌亥",
		"aiueo":                        "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
		"circledGanada":                "㉮㉯㉰㉱㉲㉳㉴㉵㉶㉷㉸㉹㉺㉻",
		"circledChosung":               "㉠㉡㉢㉣㉤㉥㉦㉧㉨㉩㉪㉫㉬㉭",
		"circledLatinSmall":            "ⓐⓑⓒⓓⓔⓕⓖⓗⓘⓙⓚⓛⓜⓝⓞⓟⓠⓡⓢⓣⓤⓥⓦⓧⓨⓩ",
	}
	if runes := []rune(series[format]); n >= 1 && n <= len(runes) {
		return string(runes[n-1])
	}
	switch format {
	case "decimalZero":
		if n >= 0 && n < 10 {
			return "0" + strconv.Itoa(n)
		}
	case "lowerLetter", "upperLetter":
		if n >= 1 && n <= 26*30 { // a, ..., z, aa, bb, ...
			first := 'a'
			if format == "upperLetter" {
				first = 'A'
			}
			return strings.Repeat(string(first+rune((n-1)%26)), (n-1)/26+1)
		}
	case "lowerRoman":
		return strings.ToLower(Roman(n))
	case "upperRoman":
		return Roman(n)
	case "koreanDigital", "koreanCounting", "koreanLegal", "koreanDigital2", "chineseCounting", "chineseCountingThousand",
		"taiwaneseCounting", "taiwaneseCountingThousand", "japaneseCounting", "ideographDigital", "japaneseDigitalTenThousand":
		return countingWord(n, format)
	}
	return strconv.Itoa(n)
}

// Roman returns a number in capital Roman numerals, or in decimal if it is not
// between 1 and 3999.
func Roman(n int) string {
	if n < 1 || n > 3999 {
		return strconv.Itoa(n)
	}
	var b strings.Builder
	for _, step := range []struct {
		value int
		text  string
	}{
		{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"},
		{50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"},
	} {
		for ; n >= step.value; n -= step.value {
			b.WriteString(step.text)
		}
	}
	return b.String()
}

// countingWord writes a number up to 99 in Korean or Chinese words, such as "십이"
// or "十二" for 12.
func countingWord(n int, format string) string {
	if n < 1 || n > 99 {
		return strconv.Itoa(n)
	}
	if format == "koreanLegal" {
		tens := []string{"", "열", "스물", "서른", "마흔", "쉰", "예순", "일흔", "여든", "아흔"}
		ones := []string{"", "하나", "둘", "셋", "넷", "다섯", "여섯", "일곱", "여덟", "아홉"}
		return tens[n/10] + ones[n%10]
	}
	digits, ten := []rune("〇一二三四五六七八九"), "十"
	if strings.HasPrefix(format, "korean") && format != "koreanDigital2" {
		digits, ten = []rune("영일이삼사오육칠팔구"), "십"
	}
	if strings.Contains(format, "Digital") {
		if n < 10 {
			return string(digits[n])
		}
		return string(digits[n/10]) + string(digits[n%10])
	}
	out := ""
	if n >= 20 {
		out = string(digits[n/10])
	}
	if n >= 10 {
		out += ten
	}
	if n%10 > 0 {
		out += string(digits[n%10])
	}
	return out
}
