package ingest

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// checkLoaded holds what was read of a file to what the rest of the program
// takes for granted: valid texts, marks that are within them, and each passage
// where it says it is.
func checkLoaded(t *testing.T, name, raw string) {
	t.Helper()
	const most = 1 << 18
	for _, l := range loadAll(t, name, raw, most) {
		if l.err != nil {
			continue
		}
		text := l.doc.Text
		if !utf8.ValidString(l.doc.Title+text) || strings.Contains(text, "\r") || strings.TrimSpace(text) == "" || len(text) > 4*most {
			t.Fatalf("%s: title %q, text %q", name, l.doc.Title, text)
		}
		for _, w := range l.content.warnings {
			if strings.TrimSpace(w) == "" {
				t.Fatalf("%s: an empty warning", name)
			}
		}
		for _, way := range Splits() {
			l := l
			cfg, err := Config{Split: way, ChunkSize: 40}.withDefaults()
			if err != nil {
				t.Fatal(err)
			}
			l.layOut(cfg)
			runes := []rune(l.doc.Text)
			for _, h := range l.content.hidden {
				if h.start < 0 || h.start > h.end || h.end > len(runes) {
					t.Fatalf("%s: hidden is %v of %d", name, h, len(runes))
				}
			}
			for _, p := range passages(l.doc, l.content, cfg) {
				if p.Start < 0 || p.End > len(runes) || string(runes[p.Start:p.End]) != p.Text {
					t.Fatalf("%s, %s: passage %q is not at [%d:%d]", name, way, p.Text, p.Start, p.End)
				}
			}
		}
	}
}

func FuzzLoadHTML(f *testing.F) {
	for _, s := range []string{
		"<table><tr><th>A<th colspan=2>B<tr><td rowspan=3>1<td>2<tr><td>3</table>", "<table><caption>c</caption><tr><td><table><tr><td>1<tr><td>2</table></table>",
		`<main><aside role="doc-footnote">n</aside></main><form><input></form>`, "10<sup>3</sup>", `<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><title/><p>x</p></html>`,
		"<table><tr><td style='color:#fff'>h<td>x</table>", "<h2><button>q</button></h2>", "<pre>\n a\n</pre>", "<nav>only</nav>",
	} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, page string, isXML bool) {
		name := "f.html"
		if isXML {
			name = "f.xhtml"
		}
		checkLoaded(t, name, page)
	})
}

func FuzzLoadEPUB(f *testing.F) {
	f.Add(`<html><head><title/></head><body><p>x</p></body></html>`, "gone.xhtml")
	f.Add("\xff\xfe<\x00p\x00>\x00", "")
	f.Fuzz(func(t *testing.T, page, missing string) {
		if _, err := koreanOf(missing); err != nil {
			t.Skip("the book's package file is in EUC-KR, which cannot write the name")
		}
		checkLoaded(t, "f.epub", bookOfPages(t, missing, page))
	})
}

func FuzzLoadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,\"2\n3\"\n", "sep=;\na;b\n1;2", "t,,\n,,\nx,y,z\n1,2,3", "id,n\n1,\"x\n2,\"y\"\n", "a,b,,c,\n,d,e,d,e\nx,1,2,3,4", "k,v\nlong," + strings.Repeat("word ", 40)} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, table string, tabs bool) {
		name := "f.csv"
		if tabs {
			name = "f.tsv"
		}
		checkLoaded(t, name, table)
	})
}

func FuzzLoadMarkdown(f *testing.F) {
	for _, s := range []string{"---\na: [1, x]\nb: 2026-01-01\n---\n# H\n````\n```\n# n\n````\n", "![x](data:image/png;base64,AAAAAAAAAAAAAAAAAAAA)", "---\n*: &a\n---", "A\n===\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { checkLoaded(t, "f.md", text) })
}

func FuzzLoadWord(f *testing.F) {
	f.Add(wordDocument, wordStyles, `<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="ganada"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`, `<w:footnotes xmlns:w="w"><w:footnote w:id="2"><w:p><w:r><w:t>n</w:t></w:r></w:p></w:footnote></w:footnotes>`)
	f.Add(`<w:document xmlns:w="w"><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/><w:gridSpan w:val="9"/></w:tcPr><w:p><w:r><w:t>x</w:t><w:sym w:font="Symbol" w:char="F0B1"/><w:footnoteReference w:id="2"/></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:txbxContent><w:p><w:r><w:t>b</w:t></w:r></w:p></w:txbxContent></w:r></w:p></w:body></w:document>`, "", "", "")
	f.Fuzz(func(t *testing.T, document, styles, numbering, notes string) {
		checkLoaded(t, "f.docx", string(zipped(t, "word/document.xml", document, "word/styles.xml", styles, "word/numbering.xml", numbering, "word/footnotes.xml", notes)))
	})
}

func FuzzLoadWorkbook(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row><row r="9" hidden="1"><c r="B9"><v>45000</v></c></row></sheetData><mergeCells><mergeCell ref="A1:C2"/></mergeCells><sheetData>`, `<si><t>a</t></si>`)
	f.Add(`<row><c><v>1</v></c></row><row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`, "")
	f.Fuzz(func(t *testing.T, rows, strs string) { checkLoaded(t, "f.xlsx", sheetOf(t, rows, strs)) })
}

func FuzzLoadSlides(f *testing.F) {
	f.Add(`<p:sld xmlns:p="p" xmlns:a="a">` + slideShape("title", "T") + `<a:tbl><a:tr><a:tc gridSpan="2"><a:p><a:r><a:t>x</a:t></a:r></a:p></a:tc><a:tc hMerge="1"/></a:tr></a:tbl></p:sld>`)
	f.Fuzz(func(t *testing.T, slide string) { checkLoaded(t, "f.pptx", string(slidesFile(t, slide))) })
}

func FuzzLoadHWPX(f *testing.F) {
	f.Add(openHeader, openSection)
	f.Fuzz(func(t *testing.T, header, section string) {
		checkLoaded(t, "f.hwpx", string(openHangul(t, header, section)))
	})
}

func FuzzLoadHWP(f *testing.F) {
	f.Add([]byte(hangulInfo()), []byte(hangulBody()), false)
	f.Add([]byte{}, hangulFile(f, 1, hangulBody()), true)
	f.Fuzz(func(t *testing.T, info, body []byte, isFile bool) {
		raw := body
		if !isFile && len(info)+len(body) < 40_000 { // what one sector of the table holds
			header := "HWP Document File" + strings.Repeat("\x00", 23)
			raw = compoundFile("FileHeader", header, "DocInfo", string(info), "BodyText/Section0", string(body))
		}
		checkLoaded(t, "f.hwp", string(raw))
	})
}

func FuzzLoadMail(f *testing.F) {
	f.Add(mailFile)
	f.Add("Subject: =?iso-2022-kr?B?GyQpQw4=?=\nContent-Type: text/html; charset=x\nContent-Transfer-Encoding: quoted-printable\n\n<p>=ED=95\n")
	f.Fuzz(func(t *testing.T, mail string) { checkLoaded(t, "f.eml", mail) })
}
