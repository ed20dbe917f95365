package text

import (
	"fmt"
	"strings"
	"testing"
)

func TestQuantities(t *testing.T) {
	for s, want := range map[string]string{
		"Hotel costs are paid up to KRW 130,000 a night in Korea and up to EUR 140 a night.": "KRW 130000, EUR 140",
		"온콜 수당은 일주일에 25만 원입니다.":                                                              "KRW 250000",
		"1만 5천 원, 1.5 million won, 무료":                                                       "KRW 15000, KRW 1500000",
		"공통 근무 시간은 오전 11시부터 오후 4시까지로 한 시간 줄었습니다.":                                            "clock 11:00, clock 16:00, hour 1",
		"handed over on Wednesday at 11:00, in a talk of fifteen minutes":                    "weekday wednes, clock 11:00, minute 15",
		"매주 월요일 오전 10시에 교대합니다.":                                                              "weekday mon, clock 10:00",
		"호출을 받은 당번은 30분 안에":                                                                  "minute 30",
		"휴가 시작 3영업일 전, 3월 31일까지, 2026년 2월부터":                                                 "day 3, date 03-31, date 2026-02",
		"within five working days, 5 per cent, at least 14 characters, one of two":           "day 5, % 5, character 14",
		"| 책 | 10권 | 21일 | 한 번, 10일 |":                                                       "book 10, day 21, tim 1, day 10",
		"a single flight takes longer than 10 hours":                                         "hour 10",
		"Doors open at 9 a.m. and close at 6pm on 27 April":                                  "clock 09:00, clock 18:00, date 04-27",
		"": "",
	} {
		var got []string
		for _, q := range Quantities(s) {
			got = append(got, q.Unit+" "+q.Value)
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%s:\ngot  %s\nwant %s", s, g, want)
		}
	}
}

func TestAsks(t *testing.T) {
	for question, units := range map[string][2]string{ // the question asks for the first but not for the second
		"How many days may I work from home?":             {"day", "KRW"},
		"재택근무는 일주일에 며칠까지 하나요?":                            {"day", "KRW"},
		"재택근무 지원금은 얼마인가요?":                                {"KRW", "day"},
		"How much is the meal allowance?":                 {"KRW", "hour"},
		"Within how many minutes must a page be answered": {"minute", "hour"},
		"호출은 몇 분 안에 확인해야 하나요?":                            {"minute", "day"},
		"온콜은 무슨 요일에 교대하나요?":                               {"weekday", "KRW"},
		"책은 몇 권까지 빌릴 수 있나요?":                              {"book", "day"},
		"How long may a book be kept?":                    {"day", "book"},
	} {
		if !Asks(question, units[0]) || Asks(question, units[1]) {
			t.Errorf("%s: %s %v, %s %v", question, units[0], Asks(question, units[0]), units[1], Asks(question, units[1]))
		}
	}
}

func TestDates(t *testing.T) {
	for s, want := range map[string]string{
		"Since January 2026 the allowance is 5":          "2026-01 1 'Since January 2026'",
		"2025년까지는 2일, 2026년 2월부터 3일":                     "2025 2 '2025년까지는', 2026-02 1 '2026년 2월부터'",
		"Applies from 1 February 2026, not before 2025.": "2026-02-01 1 'from 1 February 2026', 2025 3 'before 2025'",
		"until the end of 2025":                          "2025 2 'until the end of 2025'",
		"시행일: 2026. 3. 1.":                               "2026-03-01 0 '2026. 3. 1.'",
		"July 1, 2016; 2016-07-02; 2026년 이전":             "2016-07-01 0 'July 1, 2016', 2016-07-02 0 '2016-07-02', 2026 3 '2026년 이전'",
		"2,025 won, $2025, 2000명, 12026":                 "",
		"2026-13-99":                                     "2026 0 '2026-13-99'",
	} {
		var got []string
		for _, d := range Dates(s) {
			got = append(got, fmt.Sprintf("%s %d '%s'", d, d.Bound, s[d.Start:d.End]))
		}
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%s:\ngot  %s\nwant %s", s, g, want)
		}
	}
}

func TestNextDate(t *testing.T) {
	for d, want := range map[Date]string{
		{2025, 0, 0}: "2026", {2025, 12, 0}: "2026-01", {2025, 2, 0}: "2025-03", {2025, 12, 31}: "2026-01-01",
		{2024, 2, 28}: "2024-02-29", {2025, 2, 28}: "2025-03-01", {2025, 6, 30}: "2025-07-01", {2025, 6, 1}: "2025-06-02",
	} {
		if got := d.Next().String(); got != want {
			t.Errorf("after %s comes %s, want %s", d, got, want)
		}
	}
}

// FuzzQuantities checks that quantities are parts of the text, in order and
// without overlap, and that dates are parts of the text.
func FuzzQuantities(f *testing.F) {
	f.Add("KRW 130,000 a night, 3월 31일, 오전 10시 반, five working days until 31 December 2025")
	f.Add("1만 5천 원 2026. 3. 1. 부터 20%")
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, q := range Quantities(s) {
			if q.Start < end || q.End <= q.Start || q.End > len(s) || q.Unit == "" {
				t.Fatalf("%+v after %d in %q", q, end, s)
			}
			end = q.End
		}
		for _, d := range Dates(s) {
			if d.Start < 0 || d.End > len(s) || d.Start >= d.End || d.First() > d.Last() || d.Next().First() <= d.First() {
				t.Fatalf("%+v in %q", d, s)
			}
		}
	})
}
