package office

import (
	"encoding/binary"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

// Each case is a fault that was reported of some reader: what must be in the
// text, what must not, and what must be told.
func TestNothingLostNothingSilent(t *testing.T) {
	list := `<w:numbering><w:abstractNum w:abstractNumId="3"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="제%1조"/></w:lvl>` +
		`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="ganada"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="3"/></w:num></w:numbering>`
	numbered := func(level, text string) string {
		return wordParagraph(`<w:numPr><w:ilvl w:val="`+level+`"/><w:numId w:val="1"/></w:numPr>`, wordText(text))
	}
	cell := func(properties, text string) string {
		return `<w:tc><w:tcPr>` + properties + `</w:tcPr>` + wordParagraph("", wordText(text)) + `</w:tc>`
	}
	for name, tc := range map[string]struct {
		of                 content.Reader
		raw                string
		holds, lacks, told []string
	}{
		"cells over rows in Word":     {DOCX, wordParts(t, `<w:tbl><w:tr>`+cell("", "직급")+cell("", "항목")+`</w:tr><w:tr>`+cell(`<w:vMerge w:val="restart"/>`, "부장")+cell("", "숙박")+`</w:tr><w:tr>`+cell("<w:vMerge/>", "")+cell("", "식비")+`</w:tr></w:tbl>`), []string{"부장 | 숙박", "부장 | 식비"}, nil, nil},
		"cells over columns in Word":  {DOCX, wordParts(t, `<w:tbl><w:tr>`+cell("", "City")+cell(`<w:gridSpan w:val="2"/>`, "Limit")+`</w:tr><w:tr>`+cell("", "Jeju")+cell("", "")+cell("", "28,000")+`</w:tr></w:tbl>`), []string{"City | Limit | Limit", "Jeju |  | 28,000"}, nil, nil},
		"a main part of another name": {DOCX, wordParts(t, wordParagraph("", wordText("The gate opens."))), []string{"gate opens"}, nil, nil},
		"numbers that Word makes":     {DOCX, wordParts(t, numbered("0", "(목적) 정한다.")+numbered("0", "(일비) 다음과 같다.")+numbered("1", "국내")+numbered("1", "국외")+numbered("0", "(벌칙)")+numbered("1", "감봉"), "numbering", list), []string{"제2조 (일비)", "가. 국내", "나. 국외", "제3조 (벌칙)", "가. 감봉"}, nil, nil},
		"footnotes":                   {DOCX, wordParts(t, wordParagraph("", wordText("Ten days."), `<w:r><w:footnoteReference w:id="2"/></w:r>`), "footnotes", `<w:footnotes><w:footnote w:id="2">`+wordParagraph("", wordText("계약직은 three days only."))+`</w:footnote></w:footnotes>`), []string{"Ten days.", "three days only"}, nil, nil},
		"endnotes":                    {DOCX, wordParts(t, wordParagraph("", wordText("Ten days."), `<w:r><w:endnoteReference w:id="2"/></w:r>`), "endnotes", `<w:endnotes><w:endnote w:id="2">`+wordParagraph("", wordText("three days"))+`</w:endnote></w:endnotes>`), []string{"three days"}, nil, nil},
		"comments":                    {DOCX, wordParts(t, wordParagraph("", wordText("Ten days.")), "comments", `<w:comments><w:comment w:id="0">`+wordParagraph("", wordText("really?"))+`</w:comment></w:comments>`), []string{"Ten days."}, []string{"really"}, []string{"1 comment"}},
		"symbols":                     {DOCX, wordParts(t, wordParagraph("", wordText("Range 5 "), `<w:r><w:sym w:font="Symbol" w:char="F0B1"/></w:r>`, wordText(" 2 mm, co"), `<w:r><w:softHyphen/></w:r>`, wordText("operation"))), []string{"5 ± 2 mm", "cooperation"}, nil, nil},
		"a part of another format":    {DOCX, wordParts(t, wordParagraph("", wordText("Text."))+`<w:altChunk w:id="x"/>`), []string{"Text."}, nil, []string{"altChunk"}},
		"a power in Word":             {DOCX, wordParts(t, wordParagraph("", wordText("10"), `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>-3</w:t></w:r>`, wordText(" m, 10"), `<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:t>th</w:t></w:r>`)), []string{"10^-3 m, 10th"}, nil, nil},
		"a text box":                  {DOCX, wordParts(t, wordParagraph("", wordText("Before "), `<w:r><w:pict><w:txbxContent>`+wordParagraph("", wordText("상자"))+`</w:txbxContent></w:pict></w:r>`, wordText("after."))), []string{"Before after.\n\n상자"}, nil, nil},
		"a Word file in UTF-16":       {DOCX, string(filetest.Zip(t, "word/document.xml", "\xff\xfe"+filetest.UTF16(binary.LittleEndian, `<?xml version="1.0" encoding="UTF-16"?><w:document xmlns:w="w"><w:body>`+wordParagraph("", wordText("문이 열린다"))+`</w:body></w:document>`))), []string{"문이 열린다"}, nil, nil},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckTexts(t, tc.of, tc.raw, tc.holds, tc.lacks, tc.told) })
	}
}

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"Word":       {DOCX, WordFile(t)},
		"Excel":      {XLSX, []byte(workbookOf(t, [][]any{{"a", "b"}, {1, 2}}))},
		"PowerPoint": {PPTX, slidesFile(t, "<sld/>")},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckStops(t, tc.of, tc.raw) })
	}
}

// A small file that unpacks to much, or names much, is refused.
func TestBombsAreRefused(t *testing.T) {
	word := wordParts(t, wordParagraph("", wordText("MARK")))
	workbook := sheetOf(t, `<row r="1"><c r="A1" t="inlineStr"><is><t>MARK</t></is></c></row>`)
	slides := slidesFile(t, `<p:sld xmlns:p="p" xmlns:a="a">`+slideShape("title", "MARK")+`</p:sld>`)
	sharedText := `<c t="s"><v>0</v></c>`
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"Word":                    {DOCX, filetest.BombIn(t, []byte(word), "word/main7.xml", "MARK", "text ", filetest.BombUnpacked)},
		"Word, paragraphs":        {DOCX, filetest.BombIn(t, []byte(word), "word/main7.xml", "<w:p>", "<w:p><w:r><w:t>x</w:t></w:r></w:p>", filetest.BombUnpacked)},
		"Excel":                   {XLSX, filetest.BombIn(t, []byte(workbook), "xl/worksheets/sheet1.xml", "MARK", "text ", filetest.BombUnpacked)},
		"Excel, one text for all": {XLSX, []byte(sheetOf(t, strings.Repeat("<row>"+strings.Repeat(sharedText, 100)+"</row>", 100), "<si><t>"+strings.Repeat("text ", 6000)+"</t></si>"))},
		"PowerPoint":              {PPTX, filetest.BombIn(t, slides, "ppt/slides/a.xml", "MARK", "text ", filetest.BombUnpacked)},
		"a table of wide cells":   {DOCX, []byte(wordParts(t, "<w:tbl>"+strings.Repeat(`<w:tr><w:tc><w:tcPr><w:gridSpan w:val="2000000000"/></w:tcPr>`+wordParagraph("", wordText(strings.Repeat("x", 190)))+"</w:tc></w:tr>", 2000)+"</w:tbl>"))},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckBomb(t, tc.of, tc.raw) })
	}
}
