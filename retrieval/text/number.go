package text

import (
	"math"
	"regexp"
	"strconv"
	"strings"
)

// number matches a number, optionally with a word that multiplies it.
var number = regexp.MustCompile(`(\d+(?:[.,:]\d+)*)(?:\s?(천만|백만|십만|만|억)|\s((?i:thousand|million|billion)\b))?`)

// multipliers maps these words to their values.
var multipliers = map[string]float64{
	"십만": 1e5, "백만": 1e6, "천만": 1e7, "만": 1e4, "억": 1e8, "thousand": 1e3, "million": 1e6, "billion": 1e9,
}

// Numbers returns the numbers of a text written out, without thousands
// separators and leading zeros: 1,000 is 1000, 07 is 7, both 1.5 million and
// 150만 are 1500000, and 1만 5천 is 15000. A date in figures gives its year,
// month and day, however it is written: 2026.3.1., 2026. 3. 1. and 2026-03-01
// give 2026, 3 and 1.
func Numbers(s string) []string {
	var found []string
	for _, m := range number.FindAllStringSubmatch(spacedDates(inFigures(s)), -1) {
		found = append(found, valueOf(m))
	}
	return found
}

// valueOf returns the value of a match of number, written out.
func valueOf(m []string) string {
	n := strings.ReplaceAll(m[1], ",", "")
	if trimmed := strings.TrimLeft(n, "0"); trimmed != "" {
		n = trimmed
	}
	if times, ok := multipliers[strings.ToLower(m[2]+m[3])]; ok {
		if v, err := strconv.ParseFloat(n, 64); err == nil {
			n = strconv.FormatFloat(math.Round(v*times), 'f', -1, 64)
		}
	}
	return n
}

// WriteOut replaces Korean numbers such as 150만 by figures with thousands
// separators: 1,500,000.
func WriteOut(s string) string {
	return number.ReplaceAllStringFunc(s, func(found string) string {
		m := number.FindStringSubmatch(found)
		if m[2] == "" {
			return found
		}
		return grouped(valueOf(m))
	})
}

// grouped returns a whole number with thousands separators.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
