package ingest

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// shownHidden is what of a text is marked as hidden.
func shownHidden(c content) []string {
	runes := []rune(c.text)
	var out []string
	for _, h := range c.hidden {
		out = append(out, string(runes[h.start:h.end]))
	}
	return out
}

func checkHidden(t *testing.T, c content, err error, want ...string) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if got := shownHidden(c); !slices.Equal(got, want) {
		t.Errorf("hidden is %q, want %q, of %q", got, want, c.text)
	}
}

func TestHiddenTextInWordIsTold(t *testing.T) {
	const styles = `<w:styles xmlns:w="w"><w:style w:styleId="ghost"><w:rPr><w:vanish/></w:rPr></w:style>
<w:style w:styleId="child"><w:basedOn w:val="ghost"/></w:style>
<w:style w:styleId="pale"><w:rPr><w:color w:val="ffffff"/></w:rPr></w:style>
<w:style w:styleId="dark" w:type="table"><w:tblStylePr w:type="firstRow"><w:tcPr><w:shd w:val="clear" w:fill="4472C4"/></w:tcPr></w:tblStylePr></w:style></w:styles>`
	run := func(properties, text string) string {
		return `<w:r><w:rPr>` + properties + `</w:rPr><w:t xml:space="preserve">` + text + `</w:t></w:r>`
	}
	paragraph := func(properties string, runs ...string) string {
		return `<w:p><w:pPr>` + properties + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
	}
	table := func(style, cell, inside string) string {
		return `<w:tbl><w:tblPr>` + style + `</w:tblPr><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:tcPr>` + cell + `</w:tcPr>` + inside + `</w:tc></w:tr></w:tbl>`
	}
	const white, blue = `<w:color w:val="FFFFFF"/>`, `<w:shd w:val="clear" w:color="auto" w:fill="0000FF"/>`
	for name, tc := range map[string]struct {
		body string
		want []string
	}{
		"nothing":              {paragraph("", run(`<w:b/>`, "seen")), nil},
		"vanish":               {paragraph("", run("", "seen "), run("<w:vanish/>", "숨은 글"), run("", " seen")), []string{"숨은 글"}},
		"vanish, switched off": {paragraph("", run(`<w:vanish w:val="0"/>`, "seen")), nil},
		"a hidden mark":        {paragraph("<w:rPr><w:vanish/>"+white+"</w:rPr>", run("", "seen")), nil},
		"two runs are one":     {paragraph("", run("<w:vanish/>", " not "), run("<w:vanish/>", "seen  ")), []string{"not seen"}},
		"white":                {paragraph("", run("", "a"), run(white, "b")), []string{"b"}},
		"the theme's white":    {paragraph("", run(`<w:color w:themeColor="background1"/>`, "b")), []string{"b"}},
		"white on blue":        {paragraph("", run(white+blue, "seen")), nil},
		"white on white":       {paragraph("", run(white+`<w:shd w:val="clear" w:fill="FFFFFF"/>`, "b")), []string{"b"}},
		"white on no fill":     {paragraph("", run(white+`<w:shd w:val="clear" w:color="auto" w:fill="auto"/>`, "b")), []string{"b"}},
		"highlighted":          {paragraph("", run(white+`<w:highlight w:val="black"/>`, "seen")), nil},
		"in a blue paragraph":  {paragraph(blue, run(white, "seen")), nil},
		"below one":            {paragraph(blue, run("", "seen")) + paragraph("", run(white, "b")), []string{"b"}},
		"style of a paragraph": {paragraph(`<w:pStyle w:val="child"/>`, run("", "b"), run(`<w:vanish w:val="false"/>`, "seen")), []string{"b"}},
		"style of a run":       {paragraph("", run(`<w:rStyle w:val="pale"/>`, "b"), run("", "seen")), []string{"b"}},
		"what it was before":   {paragraph("", run("<w:rPrChange><w:rPr><w:vanish/></w:rPr></w:rPrChange>", "seen")), nil},
		"cell":                 {table("", "", paragraph("", run(white, " b  c "))), []string{"b c"}},
		"blue cell":            {table("", blue, paragraph("", run(white, "seen"))), nil},
		"blue table style":     {table(`<w:tblStyle w:val="dark"/>`, "", paragraph("", run(white, "seen"))), nil},
		"in a drawing": {paragraph("", run("", "a")+`<w:r><w:drawing><w:txbxContent>`+paragraph("", run(white, "seen"))+`</w:txbxContent></w:drawing></w:r>`,
			run(white, "b")), []string{"b"}},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := docx(t.Context(), zipped(t, "word/styles.xml", styles, "word/document.xml",
				`<w:document xmlns:w="w"><w:body>`+paragraph("", run("", "등대지기"))+tc.body+`</w:body></w:document>`), 1<<20)
			checkHidden(t, c, err, tc.want...)
		})
	}
}

func TestHiddenTextInBooksIsTold(t *testing.T) {
	raw := zipped(t,
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="book.opf"/></rootfiles></container>`,
		"book.opf", `<package><manifest><item id="a" href="a.xhtml" media-type="application/xhtml+xml"/><item id="b" href="b.xhtml" media-type="application/xhtml+xml"/></manifest>
<spine><itemref idref="a"/><itemref idref="b"/><itemref idref="a"/></spine></package>`,
		"a.xhtml", `<html><body><p>문이 열린다. <font color="white">first</font> seen</p></body></html>`,
		"b.xhtml", `<html><body><p>seen <span style="display:none">둘째</span></p></body></html>`)
	c, err := epub(t.Context(), raw, 1<<20)
	checkHidden(t, c, err, " first", " 둘째", " first")
}

func TestHiddenTextInPDFsIsTold(t *testing.T) {
	form := func(content string) string {
		return fmt.Sprintf("<< /Type /XObject /Subtype /Form /Length %d /Resources << /Font << /F 5 0 R >> >> >>\nstream\n%s\nendstream", len(content), content)
	}
	image := "<< /Type /XObject /Subtype /Image /Width 1 /Height 1 /BitsPerComponent 8 /ColorSpace /DeviceGray /Length 1 >>\nstream\n0\nendstream"
	const seen = "BT /F 12 Tf 10 200 Td (seen) Tj ET "
	line := func(before, text string) string { return "BT /F 12 Tf 10 100 Td " + before + " (" + text + ") Tj ET " }
	for name, tc := range map[string]struct {
		drawn, form string
		want        []string
	}{
		"nothing":                     {seen + line("", "seen too"), "null", nil},
		"not drawn":                   {seen + line("3 Tr", "not seen"), "null", []string{"not seen"}},
		"drawn again":                 {line("3 Tr", "not seen") + line("0 Tr", "seen"), "null", []string{"not seen"}},
		"outlines, and both":          {line("1 Tr", "seen") + line("2 Tr", "seen") + line("7 Tr", "seen"), "null", nil},
		"restored":                    {"q " + line("3 Tr", "a") + "Q " + line("", "seen"), "null", []string{"a"}},
		"two strings are one":         {line("3 Tr (not ) Tj", "seen"), "null", []string{"not seen"}},
		"white":                       {seen + "1 g " + line("", "a") + "0 g " + seen, "null", []string{"a"}},
		"white of three colours":      {"1 1 1 rg " + line("", "a"), "null", []string{"a"}},
		"white of inks":               {"0 0 0 0 k " + line("", "a"), "null", []string{"a"}},
		"white of a colour space":     {"/DeviceRGB cs 1 1 1 sc " + line("", "a"), "null", []string{"a"}},
		"nearly white":                {"1 1 0.5 rg " + line("", "seen"), "null", nil},
		"white on a blue box":         {"0 0 1 rg 0 0 300 300 re f 1 g " + line("", "seen"), "null", nil},
		"white on a white box":        {"1 g 0 0 300 300 re f " + line("", "a"), "null", []string{"a"}},
		"white on a picture":          {"q 300 0 0 300 0 0 cm /X Do Q 1 g " + line("", "seen"), image, nil},
		"not drawn below a picture":   {"/X Do " + line("3 Tr", "a"), image, []string{"a"}},
		"not drawn, in a form":        {"3 Tr /X Do " + seen, form(line("", "a")), []string{"seen\n\na"}},
		"not drawn in a form, alone":  {"/X Do " + seen, form(line("3 Tr", "a")), []string{"a"}},
		"white on what a form paints": {"/X Do 1 g " + line("", "seen"), form("0 0 300 300 re f"), nil},
	} {
		t.Run(name, func(t *testing.T) {
			c, err := readPDF(t.Context(), onePage(tc.drawn, pdfPlain, "null", tc.form), 1<<20)
			checkHidden(t, c, err, tc.want...)
		})
	}
	// Offsets go on from page to page.
	both := strings.Replace(pdfLeaf, "4 0 R", "6 0 R", 1)
	c, err := readPDF(t.Context(), pdfOf(pdfCatalog, "<< /Type /Pages /Count 2 /Kids [3 0 R 7 0 R] >>", pdfLeaf, pdfStream(line("", "seen")), pdfPlain,
		pdfStream(seen+line("3 Tr", "not seen")), both), 1<<20)
	checkHidden(t, c, err, "not seen")
}

func TestHiddenSpansAreFew(t *testing.T) {
	var many []span
	for i := range 5000 {
		many = append(many, span{10 * i, 10*i + 3 + i%5})
	}
	for name, tc := range map[string]struct {
		n          int
		give, want []span
	}{
		"apart":          {9, []span{{9, 12}, {3, 5}}, []span{{3, 5}, {9, 12}}},
		"touching":       {9, []span{{3, 5}, {5, 7}}, []span{{3, 7}}},
		"in each other":  {9, []span{{3, 9}, {4, 5}, {6, 12}}, []span{{3, 12}}},
		"nearest joined": {2, []span{{0, 1}, {2, 3}, {90, 91}}, []span{{0, 3}, {90, 91}}},
	} {
		if got := atMost(tc.n, tc.give); !reflect.DeepEqual(got, tc.want) {
			t.Errorf("%s: got %v, want %v", name, got, tc.want)
		}
	}
	few := atMost(maxHidden, many)
	for _, s := range many { // none is lost
		if !slices.ContainsFunc(few, func(f span) bool { return f.start <= s.start && s.end <= f.end }) {
			t.Fatalf("%v is not among %d", s, len(few))
		}
	}
	if len(few) > maxHidden {
		t.Errorf("%d spans", len(few))
	}
	doc := single(html)
	err := doc(t.Context(), pageOf(t, `<p>seen <font color=white>not seen</font></p>`), 1<<20, func(l loaded) error {
		cfg, err := Config{}.withDefaults()
		if err != nil {
			return err
		}
		for _, p := range passages(l.doc, l.content, cfg) {
			if l.doc.Metadata["hidden"] != "4-13" || p.Metadata["hidden"] != nil {
				t.Errorf("document %v, passage %v", l.doc.Metadata, p.Metadata)
			}
		}
		return l.err
	})
	if err != nil {
		t.Error(err)
	}
}

func pageOf(t *testing.T, body string) file {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{"page.html": body})
	return file{path: dir + "/page.html", source: "page.html", bytes: int64(len(body))}
}
