package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
)

// endlessly reads a text again and again, up to size bytes.
func endlessly(text string, size int64) io.Reader {
	return io.LimitReader(&again{text: text}, size)
}

type again struct {
	text string
	at   int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.text[a.at:])
	a.at = (a.at + n) % len(a.text)
	return n, nil
}

// bombIn puts a text that goes on for size bytes in place of a mark in one of
// the parts of a packed file.
func bombIn(tb testing.TB, packed []byte, part, mark, text string, size int64) []byte {
	tb.Helper()
	in, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range in.File {
		from, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		raw, err := io.ReadAll(from)
		if err != nil {
			tb.Fatal(err)
		}
		to, err := w.Create(f.Name)
		if err != nil {
			tb.Fatal(err)
		}
		content := []io.Reader{bytes.NewReader(raw)}
		if before, after, ok := bytes.Cut(raw, []byte(mark)); ok && f.Name == part {
			content = []io.Reader{bytes.NewReader(before), endlessly(text, size), bytes.NewReader(after)}
		}
		if _, err := io.Copy(to, io.MultiReader(content...)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// A small file that unpacks to much, or names much, is refused when it passes
// the limit, having taken a few times the limit of memory and no more.
func TestBombsAreRefused(t *testing.T) {
	const limit, unpacked = 1 << 20, 32 << 20
	word := wordParts(t, wordParagraph("", wordText("MARK")))
	workbook := sheetOf(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>MARK</t></is></c></row>`)
	slides := slidesFile(t, `<p:sld xmlns:p="p" xmlns:a="a">`+slideShape("title", "MARK")+`</p:sld>`)
	hangul := openHangul(t, openHeader, strings.Replace(openSection, "</hp:t>", "MARK</hp:t>", 1))
	sharedText := `<c t="s"><v>0</v></c>`
	for name, tc := range map[string]struct {
		of  extract
		raw []byte
	}{
		"Word":                     {docx, bombIn(t, []byte(word), "word/main7.xml", "MARK", "text ", unpacked)},
		"Word, paragraphs":         {docx, bombIn(t, []byte(word), "word/main7.xml", "<w:p>", "<w:p><w:r><w:t>x</w:t></w:r></w:p>", unpacked)},
		"Excel":                    {xlsx, bombIn(t, []byte(workbook), "xl/worksheets/sheet1.xml", "MARK", "text ", unpacked)},
		"Excel, one text for all":  {xlsx, []byte(sheetOf(t, strings.Repeat("<row>"+strings.Repeat(sharedText, 100)+"</row>", 100), "<si><t>"+strings.Repeat("text ", 6000)+"</t></si>"))},
		"PowerPoint":               {pptx, bombIn(t, slides, "ppt/slides/a.xml", "MARK", "text ", unpacked)},
		"HWPX":                     {hwpx, bombIn(t, hangul, "Contents/section0.xml", "MARK", "글 ", unpacked)},
		"EPUB":                     {epub, bombIn(t, []byte(bookOfPages(t, "", "<html><body><p>MARK</p></body></html>")), "OPS/a.xhtml", "MARK", "text ", unpacked)},
		"a table of wide cells":    {docx, []byte(wordParts(t, "<w:tbl>"+strings.Repeat(`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>`+wordParagraph("", wordText(strings.Repeat("x", 190)))+"</w:tc></w:tr>", 2000)+"</w:tbl>"))},
		"a page of spanning cells": {html, []byte("<table>" + strings.Repeat("<tr><td rowspan=65534 colspan=1000>"+strings.Repeat("x", 150)+"<td>y", 3000) + "</table>")},
	} {
		t.Run(name, func(t *testing.T) {
			if len(tc.raw) > limit {
				t.Fatalf("it is no small file: %d bytes", len(tc.raw))
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			c, err := tc.of(t.Context(), tc.raw, limit)
			runtime.ReadMemStats(&after)
			if took := after.TotalAlloc - before.TotalAlloc; took > 40*limit {
				t.Errorf("it allocated %d MB in all", took>>20)
			}
			switch {
			case err == nil && len(c.text) > limit:
				t.Errorf("a text of %d bytes", len(c.text))
			case err != nil && !errors.Is(err, errTooLarge):
				t.Errorf("refused since %v", err)
			}
			t.Logf("%d bytes of text, %v, %d MB allocated", len(c.text), err, (after.TotalAlloc-before.TotalAlloc)>>20)
		})
	}
}
