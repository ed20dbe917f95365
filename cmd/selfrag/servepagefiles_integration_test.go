//go:build integration

package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"selfrag/retrieval/ingest/filetest"
)

// filesToView returns a folder with files that the page shows in ways of their own: PDF
// files, a workbook and slides.
func filesToView(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	write := func(name string, content []byte) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("휴가 규정.pdf", mustRead(t, "../../retrieval/ingest/testdata/pdf/korean.pdf"))
	write("minutes.pdf", twoPages())
	write("요금.xlsx", prices(t))
	write("계획.pptx", slides(t))
	return dir
}

// twoPages is a PDF file with a sentence that begins on the first page and ends on the
// second.
func twoPages() []byte {
	at := func(x, y int, text string) string {
		return fmt.Sprintf("BT /F 10 Tf 1 0 0 1 %d %d Tm (%s) Tj ET\n", x, y, text)
	}
	pages := []string{
		at(60, 100, "The committee asked for a new plan, and for a recon-") + at(60, 88, "sideration of what was said on the first day by the envi-"),
		at(60, 760, "ronment office. The rest is plain and is no more than a line,") + at(60, 748, "and another one."),
	}
	objects := []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Count 2 /Kids [5 0 R 7 0 R] >>",
		"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
	}
	for i, content := range pages {
		objects = append(objects, fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(content), content),
			fmt.Sprintf("<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F 3 0 R >> >> /Contents %d 0 R >>", 4+2*i))
	}
	var b strings.Builder
	b.WriteString("%PDF-1.7\n")
	var begins []int
	for i, o := range objects {
		begins = append(begins, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", i+1, o)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, n := range begins {
		fmt.Fprintf(&b, "%010d 00000 n \n", n)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, xref)
	return []byte(b.String())
}

// prices is a workbook with one sheet.
func prices(t *testing.T) []byte {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	if err := f.SetSheetName("Sheet1", "요금"); err != nil {
		t.Fatal(err)
	}
	for cell, row := range map[string][]any{"A1": {"지역", "숙박", "식비"}, "A2": {"서울", "150,000원", "30,000원"}, "A3": {"제주", "숙박 한도 120,000원", "28,000원"}} {
		if err := f.SetSheetRow("요금", cell, &row); err != nil {
			t.Fatal(err)
		}
	}
	content, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	return content.Bytes()
}

// slides is a presentation of three slides.
func slides(t *testing.T) []byte {
	t.Helper()
	shape := func(kind, text string) string {
		return `<p:sp><p:nvSpPr><p:nvPr><p:ph type="` + kind + `"/></p:nvPr></p:nvSpPr><p:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></p:txBody></p:sp>`
	}
	const kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	var parts []string
	var order, rels string
	for i, texts := range [][2]string{{"2025 계획", "올해 두 도시에 사무실을 엽니다."}, {"연락처", "문의는 내선 6150으로 합니다."}, {"위험", "운전사가 늦을 수 있습니다."}} {
		order += fmt.Sprintf(`<p:sldId id="%d" r:id="r%d"/>`, 256+i, i)
		rels += fmt.Sprintf(`<Relationship Id="r%d" Type="%sslide" Target="slides/s%d.xml"/>`, i, kinds, i)
		parts = append(parts, fmt.Sprintf("ppt/slides/s%d.xml", i),
			`<p:sld xmlns:p="p" xmlns:a="a"><p:cSld><p:spTree>`+shape("title", texts[0])+shape("body", texts[1])+`</p:spTree></p:cSld></p:sld>`)
	}
	return filetest.Zip(t, append(parts,
		"ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>`+order+`</p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels", `<Relationships>`+rels+`</Relationships>`)...)
}
