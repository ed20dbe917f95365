package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"
)

// korean draws the CIDs of Adobe-Korea1 for the text 연차는 다음 해로 5일까지 이월됩니다.
const korean = "BT /K 12 Tf 72 760 Td <09CB0B3005D7000105EE0A3A00010CE706FD000100160A4C04E90AD100010A490A18063E05E405EE000F> Tj ET "

// Each case is a fault that was reported of some reader: what must be in the
// text and what must not.
func TestTextIsWhatAPageShows(t *testing.T) {
	latex, err := os.ReadFile("testdata/latex.pdf")
	if err != nil {
		t.Fatal(err)
	}
	form := newPDF()
	field := func(more string) string {
		return fmt.Sprintf("%d 0 R", form.add("<< /Type /Annot /Subtype /Widget /F 4 /DA (/F 10 Tf 0 g) "+more+" >>"))
	}
	look := form.add(stream("/Type /XObject /Subtype /Form /BBox [0 0 200 18] /Resources 3 0 R", "/Tx BMC "+at(2, 5, "Mira Novak")+" EMC"))
	above := form.add("<< /FT /Tx /T (total) /V (318.40 EUR) >>")
	fields := strings.Join([]string{
		field(fmt.Sprintf("/FT /Tx /T (name) /V (Mira Novak) /Rect [140 725 340 743] /AP << /N %d 0 R >>", look)),
		field(fmt.Sprintf("/Parent %d 0 R /Rect [140 695 340 713]", above)),
		field("/FT /Btn /T (ok) /AS /Yes /V /Yes /Rect [140 665 160 685]"),
		field("/FT /Btn /T (no) /AS /Off /V /Off /Rect [140 635 160 655]"),
		field("/FT /Ch /T (size) /V (large) /Opt [(small) (large) (huge) (any)] /Rect [60 500 260 560]"),
		field("/FT /Ch /Ff 131072 /T (colour) /V (red) /Opt [(red) (blue)] /Rect [60 470 260 490]"),
		field("/FT /Tx /T (secret) /V (nobody) /F 2 /Rect [140 600 340 620]"),
	}, " ")
	note := form.add("<< /Type /Annot /Subtype /Text /Rect [400 700 420 720] /Contents (really?) >>")
	free := form.add("<< /Type /Annot /Subtype /FreeText /Rect [300 600 500 640] /DA (/F 10 Tf 0 g) /Contents (Paid on 3 May) >>")
	form.page(at(60, 730, "Name:")+at(60, 700, "Amount:")+at(60, 670, "Approved:")+at(60, 640, "Rejected:"), fmt.Sprintf("/Annots [%s %d 0 R %d 0 R]", fields, note, free))
	notes := form.bytes(fmt.Sprintf("/AcroForm << /Fields [%s] /DR 3 0 R /NeedAppearances true >>", fields))

	for name, tc := range map[string]struct {
		raw         []byte
		holds       []string
		lacks, told string
	}{
		"fonts with an encoding of their own": {latex, []string{"configuration", "Efficient", "5 µm", "±2", "10 k\u03a9", "naïve café", "Jeju |  | 28,000"}, "", ""},
		"signs of a symbol font":              {one(at(72, 760, "5 ") + "BT /S 10 Tf 82 760 Td <6D> Tj <B1> Tj <57> Tj ET"), []string{"5 µ±\u03a9"}, "", ""},
		"ligatures":                           {one("BT /B 10 Tf 72 760 Td (e\002cient con\001guration \003ow) Tj ET"), []string{"efficient configuration flow"}, "", ""},
		"spaces that are gaps":                {one(at(72, 760, "The") + at(92, 760, "pump") + at(119, 760, "runs") + at(142, 760, "at") + at(152.5, 760, "40") + at(165.5, 760, "bar")), []string{"The pump runs at 40 bar"}, "", ""},
		"letters set apart":                   {one("BT /F 12 Tf 72 760 Td 4 Tc (SAFETY) Tj ET " + lines(72, 700, "It is loud.")), []string{"SAFETY"}, "S A", ""},
		"raised and lowered figures":          {one("BT /F 12 Tf 72 760 Td (area 30 m) Tj 4 Ts /F 7 Tf (2) Tj 0 Ts /F 12 Tf ( and H) Tj -3 Ts /F 7 Tf (2) Tj 0 Ts /F 12 Tf (O) Tj ET"), []string{"area 30 m2 and H2O"}, "", ""},
		"hyphens at line ends": {one(lines(60, 760, "The committee asked for a recon-", "sideration of the environ-", "mental assessment of the long-", "term co-", "ordination plan.")),
			[]string{"asked for a reconsideration of the environmental assessment of the long-term coordination plan."}, "", ""},
		"a hyphen that the text has elsewhere": {one(lines(60, 760, "The nine-month plan ends. We will look at the nine-", "month plan again.")), []string{"at the nine-month plan"}, "", ""},
		"letters drawn twice":                  {one("BT /F 12 Tf 72 760 Td (Deadline 31 May) Tj ET BT /F 12 Tf 72.3 760 Td (Deadline 31 May) Tj ET "), []string{"Deadline 31 May"}, "DDea", ""},
		"Korean letters drawn twice":           {one(korean + strings.Replace(korean, "72 760", "72.4 760", 1)), []string{"연차는 다음 해로 5일까지 이월됩니다."}, "연연", ""},
		"fonts of a known collection":          {one(korean), []string{"연차는 다음 해로 5일까지 이월됩니다."}, "", ""},
		"values of a form":                     {notes, []string{"Name: Mira Novak", "Amount: 318.40 EUR", "Approved: ☒", "Rejected: ☐", "Paid on 3 May", "small", "large", "huge", "any", "red"}, "nobody", "1 notes"},
		"columns": {one(lines(60, 760, "The ferry to the island") + lines(320, 760, "Bicycles travel free of") + lines(60, 748, "leaves at eight from the", "north quay every day but", "Sunday. Tickets are sold") +
			lines(320, 748, "charge. Dogs must wear a", "muzzle. In storms above", "force nine no ferry runs")), []string{"The ferry to the island leaves at eight from the north quay every day but Sunday", "free of charge. Dogs must wear a muzzle"}, "island Bicycles", ""},
		"columns below a title": {one(at(200, 790, "A title over both of the columns here") + lines(60, 760, "The ferry to the island", "leaves at eight from the", "north quay every day but", "Sunday. Tickets are sold") +
			lines(320, 754, "Bicycles travel free of", "charge. Dogs must wear a", "muzzle. In storms above", "force nine no ferry runs")), []string{"leaves at eight from the north quay", "free of charge. Dogs"}, "island Bicycles", ""},
		"a table": {one(lines(60, 760, "City", "Seoul", "Jeju", "Daegu New Town") + lines(200, 760, "Hotel limit", "150,000") + at(200, 724, "90,000") + lines(320, 760, "Meal limit", "30,000", "28,000")),
			[]string{"City | Hotel limit | Meal limit\nSeoul | 150,000 | 30,000\nJeju |  | 28,000\nDaegu New Town | 90,000 |"}, "", ""},
		"cells of several lines": {one(lines(60, 760, "Item") + at(200, 760, "Rule") + at(60, 748, "Hotel") + lines(200, 748, "The hotel is paid up to the limit of the", "city that is named in the list below") + at(60, 724, "Meal") + at(200, 724, "Paid by the day")),
			[]string{"Hotel | The hotel is paid up to the limit of the city that is named in the list below\nMeal | Paid by the day"}, "", ""},
		"cells of several lines in a grid": {one("0.5 w 55 772 140 -14 re S 195 772 200 -14 re S 55 758 140 -26 re S 195 758 200 -26 re S 55 732 140 -14 re S 195 732 200 -14 re S " +
			at(60, 761, "Item") + at(200, 761, "Rule") + lines(60, 747, "Hotel and", "breakfast") + lines(200, 747, "Up to 150,000", "By receipt") + at(60, 721, "Meal") + at(200, 721, "Daily")),
			[]string{"Item | Rule\nHotel and breakfast | Up to 150,000 By receipt\nMeal | Daily"}, "", ""},
		"numbers of a list": {one(lines(60, 760, "1.", "2.", "3.") + lines(90, 760, "Write to us.", "Wait for an answer.", "Pay.")), []string{"1. Write to us.\n2. Wait for an answer.\n3. Pay."}, "|", ""},
		"a page that reads from below": {func() []byte {
			m := newPDF()
			m.page("q 0 1 -1 0 500 100 cm "+lines(0, 0, "The first line of a page", "that is turned on its side.")+"Q", "/Rotate 90")
			return m.bytes("")
		}(), []string{"The first line of a page that is turned on its side."}, "", ""},
		"codes that say that they are Unicode": {func() []byte {
			m := newPDF()
			m.codesAreUnicode()
			m.page("BT /N 12 Tf 72 760 Td <C5F0CC28B2940020C774C6D4B41CB2E4> Tj ET", "")
			return m.bytes("")
		}(), []string{"연차는 이월된다"}, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, tc.raw)
			for _, want := range tc.holds {
				if !strings.Contains(doc.Text, want) {
					t.Errorf("%q is not in\n%s", want, doc.Text)
				}
			}
			if tc.lacks != "" && strings.Contains(doc.Text, tc.lacks) {
				t.Errorf("%q is in\n%s", tc.lacks, doc.Text)
			}
			if told := strings.Join(doc.Warnings, "\n"); !strings.Contains(told, tc.told) || tc.told == "" && told != "" {
				t.Errorf("told is %q", told)
			}
			if hidden := hiddenIn(doc); hidden != "" {
				t.Errorf("%q is marked as hidden", hidden)
			}
		})
	}
}

func TestTextThatNobodySees(t *testing.T) {
	const seen = "Visible: the fee is 10 euros."
	layered := func(content string) []byte {
		m := newPDF()
		off := m.add("<< /Type /OCG /Name (off) >>")
		on := m.add("<< /Type /OCG /Name (on) >>")
		m.objects[2] = strings.Replace(resources, ">> >>", fmt.Sprintf(">> /Properties << /off %d 0 R /on %d 0 R >> >>", off, on), 1)
		m.page(at(60, 760, seen)+content, "")
		return m.bytes(fmt.Sprintf("/OCProperties << /OCGs [%d 0 R %d 0 R] /D << /OFF [%d 0 R] /ON [%d 0 R] >> >>", off, on, off, on))
	}
	cropped := func(content string) []byte {
		m := newPDF()
		m.page(at(60, 760, seen)+content, "/CropBox [0 100 595 842]")
		return m.bytes("")
	}
	with := func(content string) []byte { return one(at(60, 760, seen) + content) }
	for name, tc := range map[string]struct {
		raw    []byte
		hidden string
	}{
		"nothing":                  {with(at(60, 700, "seen")), ""},
		"off the page":             {with(at(-300, 700, "OFFPAGE")), "OFFPAGE"},
		"outside the crop box":     {cropped(at(60, 50, "OFFCROP")), "OFFCROP"},
		"a layer switched off":     {layered("/OC /off BDC " + at(60, 700, "LAYEROFF") + "EMC"), "LAYEROFF"},
		"a layer switched on":      {layered("/OC /on BDC " + at(60, 700, "seen") + "EMC"), ""},
		"clipped":                  {with("q 0 0 10 10 re W n " + at(60, 700, "CLIPPED") + "Q"), "CLIPPED"},
		"in a clip around it":      {with("q 0 0 595 842 re W n " + at(60, 700, "seen") + "Q"), ""},
		"covered":                  {with(at(60, 700, "COVERED") + "1 g 50 690 200 30 re f"), "COVERED"},
		"covered by a form's box":  {with(at(60, 700, "COVERED") + "0.9 g 50 690 200 30 re f"), "COVERED"},
		"on a box":                 {with("0.9 g 50 690 200 30 re f 0 g " + at(60, 700, "seen")), ""},
		"tiny":                     {with("BT /F 0.5 Tf 60 700 Td (TINY) Tj ET"), "TINY"},
		"white":                    {with("1 g " + at(60, 700, "WHITE")), "WHITE"},
		"nearly white":             {with("0.98 0.98 0.97 rg " + at(60, 700, "NEARWHITE")), "NEARWHITE"},
		"gray":                     {with("0.6 g " + at(60, 700, "seen")), ""},
		"white on black":           {with("0 g 50 690 200 30 re f 1 g " + at(60, 700, "seen")), ""},
		"black on black":           {with("0 g 50 690 200 30 re f " + at(60, 700, "DARK")), "DARK"},
		"not drawn":                {with("BT 3 Tr /F 10 Tf 60 700 Td (MODE3) Tj ET"), "MODE3"},
		"not drawn, where text is": {with("BT 3 Tr /F 10 Tf 60 760 Td (Overlaid: MODE3) Tj ET"), "Overlaid: MODE3"},
		"white, where text is":     {with("1 g " + at(62, 757, "OVERLAID")), "OVERLAID"},
		"Korean, seen":             {with(strings.Replace(korean, "72 760", "72 700", 1)), ""},
		"Korean, white":            {with("1 g " + strings.Replace(korean, "72 760", "72 700", 1)), "연차는 다음 해로 5일까지 이월됩니다."},
	} {
		t.Run(name, func(t *testing.T) {
			doc := read(t, tc.raw)
			if got := hiddenIn(doc); got != tc.hidden {
				t.Errorf("hidden is %q, want %q, of\n%s", got, tc.hidden, doc.Text)
			}
			if !strings.Contains(doc.Text, seen) {
				t.Errorf("%q is not in %q", seen, doc.Text)
			}
		})
	}
}

// A page that cannot be read does not take the others with it, and is named.
func TestBrokenPages(t *testing.T) {
	deflated := func(content string, spoil func([]byte) []byte) string {
		var b bytes.Buffer
		w := zlib.NewWriter(&b)
		if _, err := w.Write([]byte(content)); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		return stream("/Filter /FlateDecode", string(spoil(b.Bytes())))
	}
	m := newPDF()
	m.page("", "")
	m.page(at(72, 760, "Page three: pets are allowed."), "")
	// Objects 11 and 12 are the stream and the page.
	m.objects[10] = deflated(at(72, 760, "Page two: the deposit is 300 euros."), func(b []byte) []byte {
		b[len(b)-1] ^= 0xFF // the checksum
		return b
	})
	m.pages = append([]string{"99 0 R"}, m.pages...)
	doc := read(t, m.bytes(""))
	for _, want := range []string{"deposit is 300 euros", "pets are allowed"} {
		if !strings.Contains(doc.Text, want) {
			t.Errorf("%q is not in %q", want, doc.Text)
		}
	}
	if told := strings.Join(doc.Warnings, "\n"); !strings.Contains(told, "page 1 ") {
		t.Errorf("told is %q", told)
	}
	if want := []Page{{0, 2}, {37, 3}}; fmt.Sprint(doc.Pages) != fmt.Sprint(want) {
		t.Errorf("pages are %v, want %v", doc.Pages, want)
	}
}

func TestPagesWithoutTextAreTold(t *testing.T) {
	picture := func(m *made) string {
		image := m.add(stream("/Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray", "0"))
		m.objects[2] = strings.Replace(resources, ">> >>", fmt.Sprintf(">> /XObject << /X %d 0 R >> >>", image), 1)
		return "q 595 0 0 842 0 0 cm /X Do Q "
	}
	const noText = "BT /N 12 Tf 72 760 Td <000100020003000400050006000700080009> Tj ET "
	for name, tc := range map[string]struct {
		make func(m *made)
		told string
		err  error
	}{
		"a scan":              {func(m *made) { m.page(picture(m), "") }, "", ErrScanned},
		"a scan among others": {func(m *made) { m.page(picture(m), ""); m.page(at(72, 700, "text"), "") }, "page 1 without text, such as a scan", nil},
		"no text for codes":   {func(m *made) { m.page(noText+at(200, 700, "5"), "") }, "", ErrNoCodes},
		"such a page among others": {func(m *made) {
			m.page(lines(72, 700, "A page of plain text, longer than the other."), "")
			m.page(noText, "")
		}, "page 2: most characters have no text", nil},
	} {
		t.Run(name, func(t *testing.T) {
			m := newPDF()
			tc.make(m)
			doc, err := shared().Read(t.Context(), m.bytes(""), 1<<20)
			if !errors.Is(err, tc.err) || !strings.Contains(strings.Join(doc.Warnings, "\n"), tc.told) {
				t.Errorf("got %v, %q, want %v, %q", err, doc.Warnings, tc.err, tc.told)
			}
		})
	}
}

func TestRunningHeadsAreSaidOnce(t *testing.T) {
	m := newPDF()
	for i := range 6 {
		m.page(at(60, 810, "Travel rules, edition of May")+lines(60, 700, fmt.Sprintf("Rule %d is about something else:", i+1), strings.Repeat("word ", i+1))+
			at(280, 30, fmt.Sprintf("- %d -", i+1)), "")
	}
	doc := read(t, m.bytes(""))
	if n := strings.Count(doc.Text, "Travel rules"); n != 1 {
		t.Errorf("the head is there %d times in\n%s", n, doc.Text)
	}
	if strings.Contains(doc.Text, "- 3 -") || !strings.Contains(doc.Text, "Rule 3 is") {
		t.Errorf("got\n%s", doc.Text)
	}
	if len(doc.Repeated) != 5+6 {
		t.Errorf("left out is %q", doc.Repeated)
	}
}

// A sentence that goes on over the end of a page is whole.
func TestSentencesGoOnOverPages(t *testing.T) {
	m := newPDF()
	m.page(lines(60, 100, "The committee asked for a new plan, and for a recon-", "sideration of what was said on the first day by the envi-"), "")
	m.page(lines(60, 760, "ronment office. The rest is plain and is no more than a line,", "and another one."), "")
	doc := read(t, m.bytes(""))
	if !strings.Contains(doc.Text, "by the environment office. The rest") || len(doc.Pages) != 2 || []rune(doc.Text)[doc.Pages[1].Start] != 'r' {
		t.Errorf("got %q, pages %v", doc.Text, doc.Pages)
	}
}

func FuzzLoadPDF(f *testing.F) {
	f.Add(one(at(60, 700, "text")))
	f.Add(one(korean))
	f.Fuzz(func(t *testing.T, raw []byte) {
		doc, err := quick().Read(t.Context(), raw, 1<<20)
		if err != nil {
			return
		}
		runes := len([]rune(doc.Text))
		for _, h := range doc.Hidden {
			if h.Start >= h.End || h.End > runes {
				t.Fatalf("hidden %v of %d", h, runes)
			}
		}
		for _, p := range doc.Pages {
			if p.Start > runes {
				t.Fatalf("page %v of %d", p, runes)
			}
		}
	})
}
