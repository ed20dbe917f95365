package ingest

import (
	"strings"
	"testing"
)

// pageHTML is a page of HTML with that body.
func pageHTML(body string) string {
	return `<!DOCTYPE html><html><head><meta charset="utf-8"><title>Page</title></head><body>` + body + `</body></html>`
}

// wordParts is a Word file with that body, whose other parts relationships of
// the main one name.
func wordParts(tb testing.TB, body string, parts ...string) string {
	tb.Helper()
	const ns = ` xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"`
	const kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	all := []string{
		"_rels/.rels", `<Relationships><Relationship Id="r1" Type="` + kinds + `officeDocument" Target="/word/main7.xml"/></Relationships>`,
		"word/main7.xml", `<w:document` + ns + ` xmlns:m="m"><w:body>` + body + `</w:body></w:document>`,
	}
	relationships := ""
	for i := 0; i < len(parts); i += 2 {
		relationships += `<Relationship Id="x` + parts[i] + `" Type="` + kinds + parts[i] + `" Target="` + parts[i] + `7.xml"/>`
		all = append(all, "word/"+parts[i]+"7.xml", strings.Replace(parts[i+1], ">", ns+">", 1))
	}
	all = append(all, "word/_rels/main7.xml.rels", `<Relationships>`+relationships+`</Relationships>`)
	return string(zipped(tb, all...))
}

func wordText(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func wordParagraph(properties string, runs ...string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
}

// bookOfPages is an EPUB of pages whose package file names one more.
func bookOfPages(tb testing.TB, missing string, pages ...string) string {
	tb.Helper()
	items, spine, parts := "", "", []string{}
	add := func(name string) {
		items += `<item id="` + name + `" href="` + name + `" media-type="application/xhtml+xml"/>`
		spine += `<itemref idref="` + name + `"/>`
	}
	for i, p := range pages {
		name := string(rune('a'+i)) + ".xhtml"
		add(name)
		parts = append(parts, "OPS/"+name, p)
	}
	if missing != "" {
		add(missing)
	}
	return string(zipped(tb, append(parts,
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="OPS/p.opf"/></rootfiles></container>`,
		"OPS/p.opf", encoded(tb, koreanOf, `<?xml version="1.0" encoding="euc-kr"?><package><metadata><title>등대지기</title></metadata><manifest>`+items+`</manifest><spine>`+spine+`</spine></package>`))...))
}

// sevenBit writes ISO-2022-KR.
func sevenBit(tb testing.TB, text string) string {
	tb.Helper()
	out, shifted := []byte("\x1b$)C"), false
	for _, b := range []byte(encoded(tb, koreanOf, text)) {
		if high := b >= 0x80; high != shifted {
			out = append(out, map[bool]byte{true: 0x0e, false: 0x0f}[high])
			shifted = high
		}
		out = append(out, b&0x7f)
	}
	return string(out)
}

// Each case is a fault that was reported of some reader: what must be in the
// text, what must not, and what must be told.
func TestNothingLostNothingSilent(t *testing.T) {
	const xhtmlPage = `<?xml version="1.0" encoding="utf-8"?><html xmlns="http://www.w3.org/1999/xhtml">`
	list := `<w:numbering><w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="제%1조"/></w:lvl>` +
		`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="ganada"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="3"/></w:num></w:numbering>`
	numbered := func(level, text string) string {
		return wordParagraph(`<w:numPr><w:ilvl w:val="`+level+`"/><w:numId w:val="1"/></w:numPr>`, wordText(text))
	}
	cell := func(properties, text string) string {
		return `<w:tc><w:tcPr>` + properties + `</w:tcPr>` + wordParagraph("", wordText(text)) + `</w:tc>`
	}
	for name, tc := range map[string]struct {
		file, content string
		holds, lacks  []string // in the texts of all its documents
		told          []string // in the warnings
	}{
		"a title without an end":              {"a.epub", bookOfPages(t, "", xhtmlPage+`<head><title/></head><body><p>A berth costs 42 pounds.</p></body></html>`), []string{"42 pounds"}, nil, nil},
		"such a page alone":                   {"a.xhtml", xhtmlPage + `<head><title/></head><body><p>요금은 42파운드</p></body></html>`, []string{"요금은 42파운드"}, nil, nil},
		"and saved as HTML":                   {"a.html", xhtmlPage + `<head><script src="x.js"/><title/></head><body><p>42 pounds</p></body></html>`, []string{"42 pounds"}, nil, nil},
		"a page that is not there":            {"a.epub", bookOfPages(t, "gone.xhtml", xhtmlPage+`<body><p>lit at dusk</p></body></html>`), []string{"lit at dusk"}, nil, []string{"OPS/gone.xhtml"}},
		"a page in EUC-KR":                    {"a.epub", bookOfPages(t, "", encoded(t, koreanOf, `<?xml version="1.0" encoding="euc-kr"?><html><body><p>등대는 해 질 녘에 켜진다.</p></body></html>`)), []string{"등대는 해"}, nil, nil},
		"a page in UTF-16":                    {"a.epub", bookOfPages(t, "", "\xff\xfe"+utf16Bytes(littleEndian, `<?xml version="1.0" encoding="utf-16"?><html><body><p>등대는</p></body></html>`)), []string{"등대는"}, nil, nil},
		"a footnote that stands aside":        {"a.html", pageHTML(`<main><h1>Leave</h1><p>Expires in March.</p><aside role="doc-footnote"><p>Except in Bristol.</p></aside></main>`), []string{"Except in Bristol"}, nil, nil},
		"a tip that stands aside":             {"a.html", pageHTML(`<article><p>Text.</p><aside><p>본사만 해당한다.</p></aside></article>`), []string{"본사만 해당한다"}, nil, nil},
		"links that stand aside":              {"a.html", pageHTML(`<article><p>Text.</p><aside>See <a>All our other pages</a><a>And more</a></aside></article>`), []string{"Text."}, []string{"other pages"}, nil},
		"questions in buttons":                {"a.html", pageHTML(`<main><h2><button>How do I cancel?</button></h2><p>Write.</p><button aria-expanded="false">잃어버리면?</button><p>다시 발급</p><button>Share</button></main>`), []string{"How do I cancel?", "잃어버리면?"}, []string{"Share"}, nil},
		"a page in a form":                    {"a.html", pageHTML(`<form><input type="hidden" name="__VIEWSTATE"><div><h3>Opening hours</h3><table><tr><td>Monday</td><td>9 to 17</td></tr></table></div></form>`), []string{"Monday | 9 to 17"}, nil, nil},
		"articles that are comments":          {"a.html", pageHTML(`<div><h1>Refunds</h1><p>Paid within 14 days.</p></div><div id="c"><article><p>Thanks!</p></article></div>`), []string{"14 days"}, nil, nil},
		"comments longer than the page":       {"a.html", pageHTML(`<div><p>14일 이내</p></div><section class="comments"><article><p>` + strings.Repeat("고맙습니다 ", 30) + `</p></article></section>`), []string{"14일 이내"}, nil, nil},
		"most of a page left out":             {"a.html", pageHTML(`<nav>` + strings.Repeat("<a>menu item</a>", 30) + `</nav><p>text</p>`), []string{"text"}, []string{"menu"}, []string{"% of the page"}},
		"cells over rows":                     {"a.html", pageHTML(`<table><tr><th>Grade<th>Item<th>Limit<tr><td rowspan=2>Staff<td>Hotel<td>1<tr><td>Meal<td>2<tr><td rowspan=2>Manager<td>Hotel<td>3<tr><td>Meal<td>4</table>`), []string{"Staff | Meal | 2", "Manager | Hotel | 3", "Manager | Meal | 4"}, nil, nil},
		"cells over columns":                  {"a.html", pageHTML(`<table><tr><th>구분<th colspan=2>한도<tr><td>부산<td>5<td>6<tr><td colspan=3>제주는 따로 정한다</table>`), []string{"구분 | 한도 | 한도", "\n제주는 따로 정한다"}, nil, nil},
		"an empty cell":                       {"a.html", pageHTML(`<table><tr><th>City<th>Hotel<th>Meal<tr><td>Jeju<td><td>28,000</table>`), []string{"Jeju |  | 28,000"}, nil, nil},
		"cells over rows in Word":             {"a.docx", wordParts(t, `<w:tbl><w:tr>`+cell("", "직급")+cell("", "항목")+`</w:tr><w:tr>`+cell(`<w:vMerge w:val="restart"/>`, "부장")+cell("", "숙박")+`</w:tr><w:tr>`+cell("<w:vMerge/>", "")+cell("", "식비")+`</w:tr></w:tbl>`), []string{"부장 | 숙박", "부장 | 식비"}, nil, nil},
		"cells over columns in Word":          {"a.docx", wordParts(t, `<w:tbl><w:tr>`+cell("", "City")+cell(`<w:gridSpan w:val="2"/>`, "Limit")+`</w:tr><w:tr>`+cell("", "Jeju")+cell("", "")+cell("", "28,000")+`</w:tr></w:tbl>`), []string{"City | Limit | Limit", "Jeju |  | 28,000"}, nil, nil},
		"a main part of another name":         {"a.docx", wordParts(t, wordParagraph("", wordText("The gate opens."))), []string{"gate opens"}, nil, nil},
		"numbers that Word makes":             {"a.docx", wordParts(t, numbered("0", "(목적) 정한다.")+numbered("0", "(일비) 다음과 같다.")+numbered("1", "국내")+numbered("1", "국외")+numbered("0", "(벌칙)")+numbered("1", "감봉"), "numbering", list), []string{"제2조 (일비)", "가. 국내", "나. 국외", "제3조 (벌칙)", "가. 감봉"}, nil, nil},
		"footnotes":                           {"a.docx", wordParts(t, wordParagraph("", wordText("Ten days."), `<w:r><w:footnoteReference w:id="2"/></w:r>`), "footnotes", `<w:footnotes><w:footnote w:id="2">`+wordParagraph("", wordText("계약직은 three days only."))+`</w:footnote></w:footnotes>`), []string{"Ten days.", "three days only"}, nil, nil},
		"endnotes":                            {"a.docx", wordParts(t, wordParagraph("", wordText("Ten days."), `<w:r><w:endnoteReference w:id="2"/></w:r>`), "endnotes", `<w:endnotes><w:endnote w:id="2">`+wordParagraph("", wordText("three days"))+`</w:endnote></w:endnotes>`), []string{"three days"}, nil, nil},
		"comments":                            {"a.docx", wordParts(t, wordParagraph("", wordText("Ten days.")), "comments", `<w:comments><w:comment w:id="0">`+wordParagraph("", wordText("really?"))+`</w:comment></w:comments>`), []string{"Ten days."}, []string{"really"}, []string{"1 comment"}},
		"symbols":                             {"a.docx", wordParts(t, wordParagraph("", wordText("Range 5 "), `<w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r>`, wordText(" 2 mm, co"), `<w:r><w:softHyphen/></w:r>`, wordText("operation"))), []string{"5 ± 2 mm", "cooperation"}, nil, nil},
		"a part of another format":            {"a.docx", wordParts(t, wordParagraph("", wordText("Text."))+`<w:altChunk w:id="x"/>`), []string{"Text."}, nil, []string{"altChunk"}},
		"a power in Word":                     {"a.docx", wordParts(t, wordParagraph("", wordText("10"), `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>-3</w:t></w:r>`, wordText(" m, 10"), `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>th</w:t></w:r>`)), []string{"10^-3 m, 10th"}, nil, nil},
		"a power":                             {"a.html", pageHTML(`<p>10<sup>3</sup> m<sup>2</sup></p>`), []string{"10^3 m2"}, nil, nil},
		"soft hyphens":                        {"a.html", pageHTML(`<p>elec&shy;tro&shy;gram 개인&#x200b;정보</p>`), []string{"electrogram 개인정보"}, nil, nil},
		"a text box":                          {"a.docx", wordParts(t, wordParagraph("", wordText("Before "), `<w:r><w:pict><w:txbxContent>`+wordParagraph("", wordText("상자"))+`</w:txbxContent></w:pict></w:r>`, wordText("after."))), []string{"Before after.\n\n상자"}, nil, nil},
		"a Word file in UTF-16":               {"a.docx", string(zipped(t, "word/document.xml", "\xff\xfe"+utf16Bytes(littleEndian, `<?xml version="1.0" encoding="UTF-16"?><w:document xmlns:w="w"><w:body>`+wordParagraph("", wordText("문이 열린다"))+`</w:body></w:document>`))), []string{"문이 열린다"}, nil, nil},
		"a line that names the delimiter":     {"a.csv", "sep=;\n품목;가격\n사과;1,200\n배;3,000\n", []string{"품목: 사과\n가격: 1,200"}, []string{"sep"}, nil},
		"a quotation mark that never closes":  {"a.csv", "id,note\n1,\"the 24\"\" screen\n2,all fine\n3,lot B\n4,last \"quoted\" ok\n", []string{"id: 2\nnote: all fine", `id: 4` + "\nnote: last \"quoted\" ok"}, nil, []string{"line 2"}},
		"such a mark before a quoted cell":    {"a.csv", "id,note\n1,\"열린 따옴표\n2,\"닫힌, 따옴표\"\n3,x\n", []string{"id: 2\nnote: 닫힌, 따옴표\n", "id: 3"}, nil, []string{"line 2"}},
		"a cell of several lines":             {"a.csv", "id,note\n1,\"one\ntwo \"\"x\"\", three\"\n2,x\n", []string{"id: 1\nnote: one\ntwo \"x\", three\n\nid: 2"}, nil, nil},
		"titles above the headers":            {"a.csv", "2025년 지점별 방문자 현황,,\n단위: 명,,\n,,\n지점,1월,2월\n부산,1204,1310\n", []string{"지점: 부산\n1월: 1204", "단위: 명"}, nil, nil},
		"titles, and semicolons":              {"a.csv", "2025년 현황, 단위: 명\n\n지점;1월;2월\n부산;1,2;3\n서울;2;3", []string{"지점: 부산\n1월: 1,2"}, nil, nil},
		"headers in two rows":                 {"a.csv", "지점,방문자,,매출,\n,상반기,하반기,상반기,하반기\n부산,1,2,3,4\n", []string{"방문자 하반기: 2", "매출 상반기: 3"}, nil, nil},
		"ids above 2^53":                      {"a.jsonl", `{"_id": 9007199254740993, "text": "one", "n": 9007199254740993}` + "\n" + `{"_id": 9007199254740992, "text": "two"}`, []string{"one", "two"}, nil, nil},
		"metadata that fields of ours hide":   {"a.jsonl", `{"_id":"1","text":"alpha","source":"https://wiki/a","document":"D1"}` + "\n" + `{"_id":"2","text":"beta","source":"x"}`, []string{"alpha", "beta"}, nil, []string{"document, source"}},
		"pictures in Markdown":                {"a.md", "# 층 안내\n\n![plan](data:image/png;base64," + strings.Repeat("9bFl", 30000) + ")\n\n회의실은 3층", []string{"회의실은 3층", "![plan](data:image/png)"}, []string{"9bFl"}, nil},
		"one bad byte":                        {"a.txt", strings.Repeat("연차는 5일까지 이월된다.\n", 200) + "x\xffy\n", []string{"이월된다", "x\uFFFDy"}, nil, []string{"line 201, byte 7001"}},
		"one bad byte among letters of ASCII": {"a.txt", strings.Repeat("plain words\n", 100) + "caf\xe9\n", []string{"plain words", "caf\uFFFD"}, nil, []string{"line 101, byte 1203"}},
		"a NUL":                               {"a.txt", strings.Repeat("plain words\n", 100) + "a\x00b\n", []string{"a\uFFFDb"}, nil, []string{"line 101"}},
		"ISO-2022-KR":                         {"a.txt", sevenBit(t, "회의실은 3층에 있다."), []string{"회의실은 3층에 있다."}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var texts, warnings []string
			for _, l := range loadAll(t, tc.file, tc.content, 1<<20) {
				if l.err != nil {
					t.Fatal(l.err)
				}
				texts, warnings = append(texts, l.doc.Text), append(warnings, l.content.warnings...)
			}
			text, told := strings.Join(texts, "\n---\n"), strings.Join(warnings, "\n")
			for _, want := range tc.holds {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not in %q", want, text)
				}
			}
			for _, not := range tc.lacks {
				if strings.Contains(text, not) {
					t.Errorf("%q is in %q", not, text)
				}
			}
			for _, want := range tc.told {
				if !strings.Contains(told, want) {
					t.Errorf("%q is not told: %q", want, told)
				}
			}
			if tc.told == nil && told != "" && !strings.Contains(told, "% of the page") {
				t.Errorf("it is told that %q", told)
			}
		})
	}
}
