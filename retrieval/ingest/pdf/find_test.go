package pdf

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// koreanFile is a file of two pages in Korean, with its font.
func koreanFile(t *testing.T) []byte {
	t.Helper()
	raw, err := os.ReadFile("../testdata/pdf/korean.pdf")
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

// quoted is the quote in the text of a file, with what is around it.
func quoted(t *testing.T, text, quote string, nth int) Quote {
	t.Helper()
	from := 0
	for range nth {
		i := strings.Index(text[from:], quote)
		if i < 0 {
			t.Fatalf("%q is not in %q", quote, text)
		}
		from += i + len(quote)
	}
	i := strings.Index(text[from:], quote)
	if i < 0 {
		t.Fatalf("%q is not in %q", quote, text)
	}
	return Quote{Text: quote, Before: text[:from+i], After: text[from+i+len(quote):]}
}

func find(t *testing.T, raw []byte, page int, q Quote) Found {
	t.Helper()
	found, err := shared().Find(t.Context(), raw, page, q)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// ink returns the smallest mark around what is drawn inside the marks of a page, and
// around what is drawn outside of them.
func ink(t *testing.T, raw []byte, page int, marks []Mark) (inside, outside *Mark) {
	t.Helper()
	pic, err := shared().Draw(t.Context(), raw, page, 1200)
	if err != nil {
		t.Fatal(err)
	}
	w, h := float64(pic.Rect.Dx()), float64(pic.Rect.Dy())
	grow := func(m *Mark, x, y float64) *Mark {
		if m == nil {
			return &Mark{X: x, Y: y}
		}
		right, bottom := max(m.X+m.Width, x), max(m.Y+m.Height, y)
		m.X, m.Y = min(m.X, x), min(m.Y, y)
		m.Width, m.Height = right-m.X, bottom-m.Y
		return m
	}
	for y := range pic.Rect.Dy() {
		for x := range pic.Rect.Dx() {
			if c := pic.NRGBAAt(x, y); c.A != 0xFF {
				t.Fatal("a picture that is not opaque")
			} else if int(c.R)+int(c.G)+int(c.B) > 600 {
				continue
			}
			px, py := (float64(x)+0.5)/w, (float64(y)+0.5)/h
			in := false
			for _, m := range marks {
				const blur = 2 // pixels
				in = in || m.X-blur/w <= px && px <= m.X+m.Width+blur/w && m.Y-blur/h <= py && py <= m.Y+m.Height+blur/h
			}
			if in {
				inside = grow(inside, px, py)
			} else {
				outside = grow(outside, px, py)
			}
		}
	}
	return inside, outside
}

// A mark lies where the page's picture has the words, however the page is turned and
// cropped, and nothing else is in it.
func TestMarksLieOnTheWordsOfThePicture(t *testing.T) {
	turned := func(more string) []byte {
		m := newPDF()
		m.page(at(100, 500, "The ferry leaves at eight."), more)
		return m.bytes("")
	}
	sideways := func(more string) []byte {
		m := newPDF()
		m.page("q 0 1 -1 0 400 200 cm "+at(0, 0, "The ferry leaves at eight.")+"Q", more)
		return m.bytes("")
	}
	for name, tc := range map[string]struct {
		raw   []byte
		width float64 // of the page in points
	}{
		"upright":                           {turned(""), 595},
		"turned by 90":                      {turned("/Rotate 90"), 842},
		"turned by 180":                     {turned("/Rotate 180"), 595},
		"turned by 270":                     {turned("/Rotate 270"), 842},
		"cropped":                           {turned("/CropBox [50 400 400 700]"), 350},
		"cropped and turned":                {turned("/CropBox [50 400 400 700] /Rotate 90"), 300},
		"a box that does not begin at 0":    {turned("/MediaBox [-100 100 500 900]"), 600},
		"written from below":                {sideways(""), 595},
		"written from below, and turned":    {sideways("/Rotate 90"), 842},
		"written from below, turned by 270": {sideways("/Rotate 270"), 842},
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, tc.raw)
			found := find(t, tc.raw, 1, quoted(t, doc.Text, "The ferry leaves at eight.", 0))
			if len(found.Marks) != 1 || found.Pages != 1 || math.Abs(found.Width-tc.width) > 0.5 || found.Undrawn {
				t.Fatalf("found %+v", found)
			}
			m := found.Marks[0]
			inside, outside := ink(t, tc.raw, 1, found.Marks)
			if inside == nil || outside != nil {
				t.Fatalf("in the mark %+v is %v, outside of it is %v", m, inside, outside)
			}
			if m.Width*m.Height > 3.5*inside.Width*inside.Height {
				t.Errorf("the mark %+v is much larger than the words %+v", m, *inside)
			}
			// Of a part of the words, the rest is outside.
			part := find(t, tc.raw, 1, quoted(t, doc.Text, "leaves at", 0))
			inside, outside = ink(t, tc.raw, 1, part.Marks)
			if len(part.Marks) != 1 || inside == nil || outside == nil || inside.Width*inside.Height > 0.6*outside.Width*outside.Height {
				t.Errorf("in the mark %+v is %v, outside of it is %v", part.Marks, inside, outside)
			}
		})
	}
}

func TestMarksOfAKoreanFile(t *testing.T) {
	raw := koreanFile(t)
	doc := read(t, raw)
	for quote, page := range map[string]int{"남은 연차는 다음 해로 5일까지 이월됩니다.": 1, "재택근무는 주 2일까지 할 수 있습니다.": 2} {
		found := find(t, raw, page, quoted(t, doc.Text, quote, 0))
		if len(found.Marks) != 1 || found.Start != 0 || found.End != len([]rune(quote)) || found.Pages != 2 || found.Undrawn {
			t.Fatalf("%q: found %+v", quote, found)
		}
		inside, _ := ink(t, raw, page, found.Marks)
		if inside == nil || inside.Width < 0.8*found.Marks[0].Width || inside.Height < 0.4*found.Marks[0].Height {
			t.Errorf("%q: the mark is %+v, the ink in it %v", quote, found.Marks[0], inside)
		}
	}
	if found := find(t, raw, 2, quoted(t, doc.Text, "남은 연차는 다음 해로 5일까지 이월됩니다.", 0)); len(found.Marks) != 0 || found.Start != found.End {
		t.Errorf("the other page has %+v", found)
	}
	// Fonts that are not in the file cannot be drawn: this is told, and the marks are there.
	without := one(korean)
	if found := find(t, without, 1, Quote{Text: "다음 해로 5일까지"}); len(found.Marks) != 1 || !found.Undrawn {
		t.Errorf("found %+v", found)
	}
}

func TestQuotesAreFoundAsAPersonWouldFindThem(t *testing.T) {
	table := one(lines(60, 760, "City", "Seoul", "Jeju", "Daegu New Town") + lines(200, 760, "Hotel limit", "150,000") + at(200, 724, "90,000") + lines(320, 760, "Meal limit", "30,000", "28,000"))
	hyphens := one(lines(60, 760, "The committee asked for a recon-", "sideration of the environ-", "mental assessment of the long-", "term co-", "ordination plan."))
	twice := one(at(60, 760, "In May the fee is 10 euros.") + at(60, 700, "In June the fee is 10 euros.") + at(60, 640, "In July the fee is 20 euros."))
	columns := one(lines(60, 760, "The ferry to the island", "leaves at eight from the", "north quay every day but", "Sunday. Tickets are sold") +
		lines(320, 754, "Bicycles travel free of", "charge. Dogs must wear a", "muzzle. In storms above", "force nine no ferry runs"))
	type place struct{ x, y float64 } // in points, from the lower left corner
	for name, tc := range map[string]struct {
		raw   []byte
		quote string
		nth   int
		want  []place // where the marks begin
	}{
		"one line":                     {twice, "In July the fee is 20 euros.", 0, []place{{60, 640}}},
		"the second of two":            {twice, "the fee is 10 euros.", 1, []place{{103, 700}}},
		"hyphens at line ends":         {hyphens, "a reconsideration of the environmental assessment", 0, []place{{175, 760}, {60, 748}, {60, 736}}},
		"a row of a table":             {table, "Seoul | 150,000 | 30,000", 0, []place{{60, 748}, {200, 748}, {320, 748}}},
		"a row with an empty cell":     {table, "Jeju |  | 28,000", 0, []place{{60, 736}, {320, 736}}},
		"a cell":                       {table, "90,000", 0, []place{{200, 724}}},
		"over the end of a column":     {columns, "Tickets are sold Bicycles travel free of charge.", 0, []place{{101, 724}, {320, 754}, {320, 742}}},
		"over the lines of one column": {columns, "leaves at eight from the north quay", 0, []place{{60, 748}, {60, 736}}},
	} {
		t.Run(name, func(t *testing.T) {
			text := read(t, tc.raw).Text
			q := Quote{Text: tc.quote}
			if strings.Contains(text, tc.quote) {
				q = quoted(t, text, tc.quote, tc.nth)
			} else if name != "over the end of a column" {
				t.Fatalf("%q is not in %q", tc.quote, text)
			}
			found := find(t, tc.raw, 1, q)
			var got []string
			for _, m := range found.Marks {
				got = append(got, fmt.Sprintf("%.0f %.0f", m.X*found.Width, (1-m.Y-m.Height)*found.Height))
			}
			if len(got) != len(tc.want) || found.Start != 0 || found.End != len([]rune(tc.quote)) {
				t.Fatalf("found %v, %+v in %q", got, found, text)
			}
			for i, m := range found.Marks {
				x, y := m.X*found.Width, (1-m.Y-m.Height)*found.Height
				if math.Abs(x-tc.want[i].x) > 8 || math.Abs(y-tc.want[i].y) > 4 || m.Height*found.Height > 16 {
					t.Errorf("mark %d is at %s, want %v", i, got[i], tc.want[i])
				}
			}
		})
	}
	if found := find(t, twice, 1, Quote{Text: "Bicycles travel free of charge.", Before: "Nothing of this", After: "is on the page"}); len(found.Marks) != 0 || found.End != 0 {
		t.Errorf("found what is not there: %+v", found)
	}
	if found := find(t, twice, 1, Quote{}); len(found.Marks) != 0 || found.Pages != 1 || found.Width == 0 {
		t.Errorf("of no quote: %+v", found)
	}
}

// A quote over the end of a page is found on both, the rest from where the first part
// ends.
func TestQuotesGoOnOverPages(t *testing.T) {
	m := newPDF()
	m.page(lines(60, 100, "The committee asked for a new plan, and for a recon-", "sideration of what was said on the first day by the envi-"), "")
	m.page(lines(60, 760, "ronment office. The rest is plain and is no more than a line,", "and another one."), "")
	raw := m.bytes("")
	text := read(t, raw).Text
	for _, quote := range []string{"and for a reconsideration of what was said on the first day by the environment office.", "first day by the environment", "by the environment office. The rest is plain"} {
		first := find(t, raw, 1, quoted(t, text, quote, 0))
		if len(first.Marks) == 0 || first.Start != 0 || first.End >= len([]rune(quote)) {
			t.Fatalf("%q: the first page has %+v", quote, first)
		}
		rest := string([]rune(quote)[first.End:])
		second := find(t, raw, 2, quoted(t, text, rest, 0))
		if len(second.Marks) != 1 || second.Start != 0 || second.End != len([]rune(rest)) {
			t.Errorf("%q: of the rest %q the second page has %+v", quote, rest, second)
		}
		if second.Marks[0].Y > 0.15 || first.Marks[len(first.Marks)-1].Y < 0.85 {
			t.Errorf("%q: the marks are %+v and %+v", quote, first.Marks, second.Marks)
		}
	}
}
