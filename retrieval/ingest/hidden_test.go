package ingest

import (
	"fmt"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/filetest"
	"selfrag/retrieval/ingest/web"
)

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
			filetest.CheckHidden(t, c, err, tc.want...)
		})
	}
	// Offsets go on from page to page.
	both := strings.Replace(pdfLeaf, "4 0 R", "6 0 R", 1)
	c, err := readPDF(t.Context(), pdfOf(pdfCatalog, "<< /Type /Pages /Count 2 /Kids [3 0 R 7 0 R] >>", pdfLeaf, pdfStream(line("", "seen")), pdfPlain,
		pdfStream(seen+line("3 Tr", "not seen")), both), 1<<20)
	filetest.CheckHidden(t, c, err, "not seen")
}

// Where a document hides something is said of the document and not of each
// passage.
func TestHiddenSpansAreOfTheDocument(t *testing.T) {
	doc := single(web.HTML)
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
