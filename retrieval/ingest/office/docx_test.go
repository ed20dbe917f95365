package office

import (
	"encoding/binary"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

const wordDocument = `<w:document xmlns:w="w"><w:body>
<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>휴가 규정</w:t></w:r></w:p>
<w:p><w:r><w:t xml:space="preserve">연차는 </w:t></w:r><w:r><w:t>5일까지 이월된다.</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></w:del></w:p>
<w:p><w:pPr><w:pStyle w:val="own"/></w:pPr><w:r><w:t>Parental leave</w:t></w:r></w:p>
<w:p><w:r><w:t>One year.</w:t><w:br/><w:t>Paid.</w:t></w:r></w:p>
<w:tbl><w:tr><w:tc><w:p><w:r><w:t>City</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Per day</w:t></w:r></w:p></w:tc></w:tr>
<w:tr><w:tc><w:p><w:r><w:t>부산</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>5만원</w:t></w:r></w:p><w:p><w:r><w:t>net</w:t></w:r></w:p></w:tc></w:tr></w:tbl>
<w:p><w:r><w:t>After.</w:t></w:r></w:p></w:body></w:document>`

const wordStyles = `<w:styles xmlns:w="w"><w:style w:styleId="1"><w:name w:val="heading 1"/></w:style>
<w:style w:styleId="2"><w:name w:val="heading 2"/></w:style><w:style w:styleId="own"><w:name w:val="Chapter"/><w:basedOn w:val="2"/></w:style></w:styles>`

func WordFile(tb testing.TB) []byte {
	return filetest.Zip(tb, "word/document.xml", wordDocument, "word/styles.xml", wordStyles)
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
	return string(filetest.Zip(tb, all...))
}

func wordText(text string) string { return `<w:r><w:t xml:space="preserve">` + text + `</w:t></w:r>` }

func wordParagraph(properties string, runs ...string) string {
	return `<w:p><w:pPr>` + properties + `</w:pPr>` + strings.Join(runs, "") + `</w:p>`
}

func TestExtractWord(t *testing.T) {
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want content.Content
	}{
		{"Word", DOCX, WordFile(t), content.Content{
			Title:    "휴가 규정",
			Text:     "휴가 규정\n\n연차는 5일까지 이월된다.\n\nParental leave\n\nOne year.\nPaid.\n\nCity | Per day\n부산 | 5만원 net\n\nAfter.\n\n",
			Headings: []content.Heading{{Start: 0, Level: 1, Text: "휴가 규정"}, {Start: 23, Level: 2, Text: "Parental leave"}}, Leads: []content.Lead{{Span: content.Span{Start: 56, End: 83}, Text: "City | Per day"}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRead(t, tt.of, tt.raw, tt.want) })
	}
}

func TestExtractRefusesWord(t *testing.T) {
	bomb := filetest.Zip(t, "word/document.xml", "<w>"+strings.Repeat(" ", 10<<20)+"</w>")
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want error
		text string
	}{
		{"encrypted Word", DOCX, []byte(archive.CompoundMagic + filetest.UTF16(binary.LittleEndian, "EncryptedPackage")), content.ErrEncrypted, ""},
		{"old Word", DOCX, []byte(archive.CompoundMagic + "..."), archive.ErrOldOffice, "save it as"},
		{"no Word", DOCX, []byte("PK"), content.ErrDamaged, ""},
		{"Word without a body", DOCX, filetest.Zip(t, "x", "y"), content.ErrDamaged, "word/document.xml"},
		{"a small file that unpacks to a large one", DOCX, bomb, nil, "larger than 1048576 bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRefused(t, tt.of, tt.raw, tt.want, tt.text) })
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
			c, err := DOCX(t.Context(), filetest.Zip(t, "word/styles.xml", styles, "word/document.xml",
				`<w:document xmlns:w="w"><w:body>`+paragraph("", run("", "등대지기"))+tc.body+`</w:body></w:document>`), 1<<20)
			filetest.CheckHidden(t, c, err, tc.want...)
		})
	}
}

// A document's names go with each of its passages, so they must be names.
func TestNamesAreBounded(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"Word": {DOCX, filetest.Zip(t, "word/styles.xml", wordStyles, "word/document.xml",
			`<w:document xmlns:w="w"><w:body><w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>`+filetest.LongName+`</w:t></w:r></w:p></w:body></w:document>`)},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckNames(t, tc.of, tc.raw) })
	}
}

func FuzzLoadWord(f *testing.F) {
	f.Add(wordDocument, wordStyles, `<w:numbering xmlns:w="w"><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:numFmt w:val="ganada"/><w:lvlText w:val="%1."/></w:lvl></w:abstractNum><w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>`, `<w:footnotes xmlns:w="w"><w:footnote w:id="2"><w:p><w:r><w:t>n</w:t></w:r></w:p></w:footnote></w:footnotes>`)
	f.Add(`<w:document xmlns:w="w"><w:body><w:tbl><w:tr><w:tc><w:tcPr><w:vMerge/><w:gridSpan w:val="9"/></w:tcPr><w:p><w:r><w:t>x</w:t><w:sym w:font="Symbol" w:char="F0B1"/><w:footnoteReference w:id="2"/></w:r></w:p></w:tc></w:tr></w:tbl><w:p><w:r><w:txbxContent><w:p><w:r><w:t>b</w:t></w:r></w:p></w:txbxContent></w:r></w:p></w:body></w:document>`, "", "", "")
	f.Fuzz(func(t *testing.T, document, styles, numbering, notes string) {
		filetest.CheckContent(t, DOCX, filetest.Zip(t, "word/document.xml", document, "word/styles.xml", styles, "word/numbering.xml", numbering, "word/footnotes.xml", notes))
	})
}
