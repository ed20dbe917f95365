package questions

import (
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// organisation matches a Korean word that ends like the name of an
// organisation.
var organisation = regexp.MustCompile(`^[가-힣A-Za-z]{2,12}(?:은행|위원회|공사|공단|법원|연구원|협회|재단|대학교|연구소|거래소|정보원|진흥원)$`)

// value is a quantity in a line that a question can ask for.
type value struct {
	text.Quantity
	written string // text of the quantity in the line
	before  string // text of the line before the quantity
	after   string // text of the line after the quantity
}

// valuesIn returns the quantities whose text occurs once in the line.
func valuesIn(line string) []value {
	var out []value
	for _, q := range withTrillions(line, text.Quantities(line)) {
		written := line[q.Start:q.End]
		trimmed := strings.TrimLeftFunc(written, unicode.IsSpace) // a native Korean count begins with the space before it
		q.Start += len(written) - len(trimmed)
		trimmed = strings.TrimRight(trimmed, " .,")
		if q.Unit == "date" { // the quantity includes words such as "until"; leave them out
			if m := boundBefore.FindString(trimmed); m != "" {
				q.Start, trimmed = q.Start+len(m), trimmed[len(m):]
			}
			trimmed = strings.TrimSpace(boundAfter.ReplaceAllString(trimmed, ""))
		}
		q.End = q.Start + len(trimmed)
		v := value{Quantity: q, written: trimmed, before: line[:q.Start], after: line[q.End:]}
		if trimmed == "" || strings.Count(line, trimmed) != 1 || v.isPart() {
			continue
		}
		out = append(out, v)
	}
	return out
}

// trillions matches an amount in 조 (10^12), which package text reads only in
// part.
var trillions = regexp.MustCompile(`\d[\d,.]*\s?조(?:\s?\d[\d,.]*\s?억)?\s?원`)

// withTrillions returns the quantities with amounts in 조 in place of their
// parts.
func withTrillions(line string, all []text.Quantity) []text.Quantity {
	for _, m := range trillions.FindAllStringIndex(line, -1) {
		all = slices.DeleteFunc(all, func(q text.Quantity) bool { return q.Start < m[1] && m[0] < q.End })
		all = append(all, text.Quantity{Unit: "KRW", Value: line[m[0]:m[1]], Start: m[0], End: m[1]})
	}
	slices.SortFunc(all, func(a, b text.Quantity) int { return a.Start - b.Start })
	return all
}

var (
	boundBefore = regexp.MustCompile(`^(?i:since|from|as of|until|till|before|after|by|through)\s+`)
	boundAfter  = regexp.MustCompile(`\s?(?:부터|까지|이전|이후|전)$`)
)

// isPart reports whether a value is part of something longer: a range ("2 to 3
// days", "3~5일"), a fraction, a longer number or a numbered thing ("제3조").
func (v value) isPart() bool {
	last, _ := utf8.DecodeLastRuneInString(v.before)
	next, _ := utf8.DecodeRuneInString(v.after)
	if unicode.IsDigit(last) || unicode.IsDigit(next) || strings.ContainsRune("~-–/.,제 '’#±$", last) && last != ' ' || strings.ContainsRune("~–/-", next) {
		return true
	}
	if strings.Count(v.before, "(") > strings.Count(v.before, ")") {
		return true // an aside
	}
	return rangeBefore.MatchString(v.before) || rangeAfter.MatchString(v.after)
}

var (
	rangeBefore = regexp.MustCompile(`(?i)(?:\d|\bone|two|three|four|five|six)\s?(?:to|and|or|~|–|부터|에서|이나)\s+$|(?:\d[\d,.]*\s?(?:만\s?)?(?:원|일|명|년|월|시|%|층|곳|개|대|주|분|회|번)\s?(?:에서|과|와|,)\s?)$|between\s+$|from\s+$`)
	rangeAfter  = regexp.MustCompile(`(?i)^\s?(?:to|and|or)\s+(?:\w+\s+)?\d|^,\s?[가-힣]|^\s?(?:과|와|이나|,|및)\s?\S{0,3}\d|^\s?(?:and a half|and a quarter)`)
)
