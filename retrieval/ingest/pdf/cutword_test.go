package pdf

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"
)

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
		ends         breaks
		joins        bool
	}{
		{"쓰지 못한 휴", "가는 다음 해로 넘어갑니다.", betweenWords, true}, // 휴가 is known with another particle
		{"이때에는 반드시 관리", "자가 승인합니다.", betweenWords, true},
		{"출장비는 여비규", "정에 따릅니다.", betweenWords, true},
		{"쓰지 못한 연차", "휴가를 씁니다.", betweenWords, false},       // both are words
		{"쓰지 못한 날", "짜는 없어집니다.", betweenWords, false},       // not known
		{"the last day of 휴", "go on", betweenWords, false}, // not in Hangul
		{"", "가는", betweenWords, false},
		{"휴", "", betweenWords, false},
		{"쓰지 못한 날", "짜는 없어집니다.", insideWords, true},
		{"쓰지 못한 날", "짜는 없어집니다.", anywhere, true},
		{"쓰지 못한 연차", "휴가를 씁니다.", anywhere, false},
		{"부서장의", "승인을 받습니다.", anywhere, false}, // ends with a particle
		{"제3", "조에 따릅니다.", anywhere, false},
	} {
		if got := known.join(tc.above, tc.below, tc.ends); got != tc.joins {
			t.Errorf("%q + %q, %d: got %v, want %v", tc.above, tc.below, tc.ends, got, tc.joins)
		}
	}
}

const koreanText = "연차 유급휴가는 다음 해 3월 말까지 이월할 수 있으며 남은 일수는 사라진다. 신청은 부서장의 승인을 받은 다음 인사 시스템에서 한다. " +
	"반차는 오전과 오후로 나누며 한 달에 네 번까지 쓸 수 있다. 병가는 진단서를 내는 경우에만 유급으로 처리하며 사흘을 넘으면 산업재해 담당자와 상의한다. " +
	"육아휴직은 자녀가 여덟 살이 될 때까지 두 번에 나누어 쓸 수 있다. 출장비는 영수증을 붙여 서른 날 안에 청구하며 늦으면 사유를 적어 재무팀에 보낸다."

// widthOf returns the width of a text in halves of a letter. A space is half as wide as
// a letter.
func widthOf(s string) int { return 2*utf8.RuneCountInString(s) - strings.Count(s, " ") }

// filledLines breaks a text into lines of at most width letters. A line keeps the space
// at its end, and none begins with a full stop.
func filledLines(s string, width int) []string {
	out := []string{""}
	for _, r := range s {
		last := &out[len(out)-1]
		if widthOf(*last+string(r)) > 2*width && r != ' ' && r != '.' {
			out = append(out, "")
			last = &out[len(out)-1]
		}
		*last += string(r)
	}
	return out
}

// wordLines breaks a text into lines of whole words of at most width letters. A line
// keeps the space at its end.
func wordLines(s string, width int) []string {
	out := []string{""}
	for word := range strings.SplitAfterSeq(s, " ") {
		last := &out[len(out)-1]
		if widthOf(*last+strings.TrimSpace(word)) > 2*width {
			out = append(out, "")
			last = &out[len(out)-1]
		}
		*last += word
	}
	return out
}

// TestKoreanLinesBecomeOneText draws lines of Korean text and wants its words back,
// except for a few where the file does not tell. Line ends do not matter here.
func TestKoreanLinesBecomeOneText(t *testing.T) {
	trim := func(lines []string) []string {
		out := make([]string, len(lines))
		for i, l := range lines {
			out[i] = strings.TrimSpace(l)
		}
		return out
	}
	for name, lines := range map[string][]string{
		"filled, spaces in the file":         filledLines(koreanText, 26),
		"filled, no spaces at ends":          trim(filledLines(koreanText, 26)),
		"whole words, spaces in the file":    wordLines(koreanText, 34),
		"whole words, no spaces at ends":     trim(wordLines(koreanText, 34)),
		"whole words in a narrow column":     trim(wordLines(koreanText, 14)),
		"filled, narrow, spaces in the file": filledLines(koreanText, 15),
	} {
		t.Run(name, func(t *testing.T) {
			m := newPDF()
			m.codesAreUnicode()
			m.objects[9] = strings.Replace(m.objects[9], "/DW 1000", "/DW 1000 /W [32 [500]]", 1)
			var content strings.Builder
			for i, line := range lines {
				codes, err := unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM).NewEncoder().String(line)
				if err != nil {
					t.Fatal(err)
				}
				fmt.Fprintf(&content, "BT /N 10 Tf 1 0 0 1 60 %d Tm <%X> Tj ET\n", 780-15*i, codes)
			}
			m.page(content.String(), "")
			got := strings.Fields(read(t, m.bytes("")).Text)
			var lost []string
			for _, word := range strings.Fields(koreanText) {
				if !slices.Contains(got, word) {
					lost = append(lost, word)
				}
			}
			most := 0
			if name == "filled, no spaces at ends" {
				most = 2
			}
			if len(lost) > most {
				t.Errorf("%q are torn or joined in\n%s", lost, strings.Join(got, " "))
			}
		})
	}
}

// TestLineEndsOfFilledColumns breaks the Korean texts of the examples anywhere and
// wants three in four of the line ends judged rightly. A space at each of them would be
// right for about half.
func TestLineEndsOfFilledColumns(t *testing.T) {
	ends, right := 0, 0
	err := filepath.WalkDir("../../../examples", func(path string, _ os.DirEntry, err error) error {
		if ext := filepath.Ext(path); err != nil || ext != ".md" && ext != ".txt" {
			return err
		}
		raw, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		text := strings.Join(strings.Fields(string(raw)), " ")
		for _, width := range []int{24, 31, 38} {
			lines, known := filledLines(text, width), compounds{}
			for _, l := range lines {
				known.add(l)
			}
			for i, below := range lines[1:] {
				above := strings.TrimSpace(lines[i])
				if !endsWide(above) || !startsWide(below) {
					continue
				}
				ends++
				if known.join(above, strings.TrimSpace(below), anywhere) == (above == lines[i] && below[0] != ' ') {
					right++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%d of %d line ends, %.3f", right, ends, float64(right)/float64(ends))
	if ends < 1000 || float64(right) < 0.75*float64(ends) {
		t.Errorf("%d of %d line ends are judged rightly", right, ends)
	}
}
