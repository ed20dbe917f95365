package text

import (
	"cmp"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Quantity is a number with its unit, in the bytes Start to End of a text: 30
// minutes, 30분. Unit and Value are the same in both languages.
type Quantity struct {
	Unit       string // KRW, minute, day, "clock", "weekday", "date", "number" for a number without a unit; else the stem of the counted word
	Value      string // 30, 180000, 09:30, mon, 2026-02-01
	Start, End int
}

var (
	koreanSum = `\d[\d,.]*(?:\s?(?:천만|백만|십만|억|만|천|백))?(?:\s?\d[\d,.]*\s?(?:천만|백만|십만|만|천|백))*`

	moneyBefore = regexp.MustCompile(`(?:(KRW|USD|EUR|GBP|JPY|₩|\$|€|£|¥))\s?(\d[\d,.]*)(?:\s(thousand|million|billion)\b)?`)
	moneyAfter  = regexp.MustCompile(`(?i)(` + koreanSum + `)(?:\s(thousand|million|billion))?\s?(원|won\b|달러|dollars?\b|유로|euros?\b|파운드|pounds?\b|엔|yen\b)`)
	monthDay    = regexp.MustCompile(`(\d{1,2})월\s?(\d{1,2})일|\b(\d{1,2})\s+(` + monthNames + `)\b|\b(` + monthNames + `)\s+(\d{1,2})\b`)
	clock       = regexp.MustCompile(`(?i)\b(\d{1,2}):(\d{2})\b|(?:(오전|새벽|아침)|(오후|저녁|밤)|낮)\s?(\d{1,2})시(?:\s?(\d{1,2})분|\s?(반))?|\b(\d{1,2})\s?([ap])\.?m\b`)
	weekday     = regexp.MustCompile(`\b(Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)days?\b|([월화수목금토일])요일`)
	counted     = regexp.MustCompile(`(?i)(\b\d[\d,]*(?:\.\d+)?|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|forty|fifty|sixty|ninety)\b)[\s-]?(?:(?:working|business|calendar|full|whole|consecutive)\s)?(per\s?cent\b|[a-z]{2,}\b|%)`)
	countedKo   = regexp.MustCompile(`(` + koreanSum + `)\s?(영업일|시간|분기|분|일|주|개월|달|년|퍼센트|%|킬로미터|미터|명|번|차례|회|권|장|개|대|층|곳|벌|면|배|도|가지|자|석)`)
	nativeDays  = regexp.MustCompile(`하루|이틀|사흘|나흘|열흘`)
	nativeCount = regexp.MustCompile(`(?:^|\s)(한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?(시간|달|주|번|차례|명|권|개)`)
)

var (
	currencyOf = map[string]string{
		"₩": "KRW", "원": "KRW", "won": "KRW", "$": "USD", "달러": "USD", "dollar": "USD", "€": "EUR", "유로": "EUR", "euro": "EUR",
		"£": "GBP", "파운드": "GBP", "pound": "GBP", "¥": "JPY", "엔": "JPY", "yen": "JPY",
	}
	unitIn = map[string]string{
		"분": "minute", "시간": "hour", "일": "day", "영업일": "day", "주": "week", "개월": "month", "달": "month", "년": "year", "퍼센트": "%",
		"킬로미터": "kilometr", "미터": "metr", "명": "people", "번": "tim", "차례": "tim", "회": "tim", "권": "book", "층": "floor",
		"minut": "minute", "kilometer": "kilometr", "meter": "metr", "person": "people", "employe": "people", "per cent": "%", "percent": "%",
	}
	wordNumber = map[string]string{
		"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8", "nine": "9", "ten": "10",
		"eleven": "11", "twelve": "12", "fifteen": "15", "twenty": "20", "thirty": "30", "forty": "40", "fifty": "50", "sixty": "60", "ninety": "90",
		"하루": "1", "이틀": "2", "사흘": "3", "나흘": "4", "열흘": "10",
		"한": "1", "두": "2", "세": "3", "네": "4", "다섯": "5", "여섯": "6", "일곱": "7", "여덟": "8", "아홉": "9", "열": "10",
	}
	weekdayIn = map[string]string{"월": "mon", "화": "tues", "수": "wednes", "목": "thurs", "금": "fri", "토": "satur", "일": "sun"}
	factors   = map[string]float64{
		"억": 1e8, "천만": 1e7, "백만": 1e6, "십만": 1e5, "만": 1e4, "천": 1e3, "백": 1e2, "thousand": 1e3, "million": 1e6, "billion": 1e9,
	}
	sumPart   = regexp.MustCompile(`(\d[\d,.]*)\s?(천만|백만|십만|억|만|천|백)?`)
	durations = SetOf("minute hour day week month year quarter")
)

// Quantities returns the quantities of a text in order. They do not overlap.
func Quantities(s string) []Quantity {
	f := quantityFinder{rest: s}
	for _, d := range Dates(s) {
		f.take("date", d.String(), d.Start, d.End)
	}
	f.each(moneyBefore, func(g []string) (string, string) {
		return cmp.Or(currencyOf[g[1]], g[1]), sumOf(g[2], g[3])
	})
	f.each(moneyAfter, func(g []string) (string, string) {
		return currencyOf[strings.TrimSuffix(strings.ToLower(g[3]), "s")], sumOf(g[1], g[2])
	})
	f.each(monthDay, func(g []string) (string, string) {
		month := cmp.Or(atMost(g[1], 12), monthBeginning(g[4]+g[5]))
		return "date", fmt.Sprintf("%02d-%02d", month, atMost(g[2]+g[3]+g[6], 31))
	})
	f.each(clock, func(g []string) (string, string) {
		hour, minute := atMost(g[1]+g[5]+g[8], 24), atMost(g[2]+g[6], 59)
		if g[7] != "" {
			minute = 30
		}
		if (g[4] != "" || strings.EqualFold(g[9], "p")) && hour < 12 {
			hour += 12
		}
		return "clock", fmt.Sprintf("%02d:%02d", hour, minute)
	})
	f.each(weekday, func(g []string) (string, string) {
		return "weekday", cmp.Or(weekdayIn[g[2]], strings.ToLower(g[1]))
	})
	f.each(countedKo, func(g []string) (string, string) { return cmp.Or(unitIn[g[2]], g[2]), sumOf(g[1], "") })
	f.each(nativeDays, func(g []string) (string, string) { return "day", wordNumber[g[0]] })
	f.each(nativeCount, func(g []string) (string, string) { return cmp.Or(unitIn[g[2]], g[2]), wordNumber[g[1]] })
	f.each(counted, func(g []string) (string, string) {
		unit := Stem(strings.ToLower(strings.Join(strings.Fields(g[2]), " ")))
		unit = cmp.Or(unitIn[unit], unit)
		value, isWord := wordNumber[strings.ToLower(g[1])]
		if !isWord && (functionWords[unit] || askingEnglish[unit]) {
			unit = "number" // for example, "at most 7 of them"
		}
		switch {
		case !isWord:
			value = sumOf(g[1], "")
		case !durations[unit] && unit != "tim" && unit != "people" && unit != "floor":
			return "", "" // for example "one of", "two kinds"
		}
		return unit, value
	})
	slices.SortFunc(f.found, func(a, b Quantity) int { return cmp.Compare(a.Start, b.Start) })
	return f.found
}

// quantityFinder takes one quantity after another out of a text.
type quantityFinder struct {
	rest  string // with blanks in place of the taken parts
	found []Quantity
}

func (f *quantityFinder) take(unit, value string, start, end int) {
	f.found = append(f.found, Quantity{unit, value, start, end})
	f.rest = f.rest[:start] + strings.Repeat("\x00", end-start) + f.rest[end:]
}

// each takes the matches of a pattern for which read returns a unit.
func (f *quantityFinder) each(pattern *regexp.Regexp, read func(groups []string) (unit, value string)) {
	for _, m := range pattern.FindAllStringSubmatchIndex(f.rest, -1) {
		groups := make([]string, len(m)/2)
		for i := range groups {
			if m[2*i] >= 0 {
				groups[i] = f.rest[m[2*i]:m[2*i+1]]
			}
		}
		if unit, value := read(groups); unit != "" && value != "" {
			f.take(unit, value, m[0], m[1])
		}
	}
}

// sumOf returns a number with multipliers written out: 1만 5천 is 15000.
func sumOf(s, times string) string {
	sum := 0.0
	for _, m := range sumPart.FindAllStringSubmatch(s, -1) {
		v, err := strconv.ParseFloat(strings.TrimRight(strings.ReplaceAll(m[1], ",", ""), "."), 64)
		if err != nil {
			return "" // 1.2.3 is not a number
		}
		sum += v * cmp.Or(factors[m[2]], 1)
	}
	return strconv.FormatFloat(math.Round(sum*cmp.Or(factors[strings.ToLower(times)], 1)*1e6)/1e6, 'f', -1, 64)
}

// IsCurrency reports whether the unit of a quantity is a currency.
func IsCurrency(unit string) bool {
	return slices.Contains([]string{"EUR", "GBP", "JPY", "KRW", "USD"}, unit)
}

// Asks reports whether a question asks for a quantity of the given unit's kind.
// A question that asks for no kind accepts any.
func Asks(question, unit string) bool {
	isMoney := IsCurrency(unit)
	isDate := unit == "date" || unit == "clock" || unit == "weekday"
	switch AsksFor(question) {
	case AnyKind:
		return true
	case MoneyKind:
		return isMoney || unit == "%"
	case DateKind:
		return isDate || durations[unit] && anyTime.MatchString(question)
	case NumberKind:
		if unit == "number" {
			return true
		}
		switch of := unitOf(question); {
		case of != "":
			return sameQuantity(of, unit)
		case howLong.MatchString(question):
			return durations[unit]
		}
		return !isDate
	}
	return false
}

var (
	howLong = regexp.MustCompile(`(?i)\bhow\s+(?:long|soon)\b`)
	// anyTime matches a question for a time whose answer may be a day or a
	// term: "3 days before".
	anyTime = regexp.MustCompile(`(?i)\bwhen\b|언제`)
)

// sameQuantity reports whether a question that counts the given word asks for a
// unit.
func sameQuantity(counts, unit string) bool {
	for _, name := range []string{counts, sameUnit[counts]} {
		if name != "" && (name == unit || unitIn[name] == unit || Stem(name) == Stem(unit)) {
			return true
		}
	}
	// "몇 시간" and "몇 시" begin with the same syllable, and so do 개 and
	// 개월.
	return counts == "시" && (unit == "hour" || unit == "clock") || counts == "개" && unit == "month"
}
