package office

import (
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/filetest"
)

func slideShape(kind string, paragraphs ...string) string {
	out := `<p:sp><p:nvSpPr><p:nvPr><p:ph type="` + kind + `"/></p:nvPr></p:nvSpPr><p:txBody>`
	for _, p := range paragraphs {
		out += `<a:p><a:r><a:t>` + p + `</a:t></a:r></a:p>`
	}
	return out + `</p:txBody></p:sp>`
}

// slidesFile is a presentation of slides, shown in the order last to first.
func slidesFile(tb testing.TB, slides ...string) []byte {
	tb.Helper()
	const kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	parts := []string{"_rels/.rels", `<Relationships><Relationship Id="r" Type="` + kinds + `officeDocument" Target="ppt/presentation.xml"/></Relationships>`}
	order, rels := "", ""
	for i, s := range slides {
		name := string(rune('a' + i))
		order = `<p:sldId id="25` + name + `" r:id="` + name + `"/>` + order
		rels += `<Relationship Id="` + name + `" Type="` + kinds + `slide" Target="slides/` + name + `.xml"/>`
		parts = append(parts, "ppt/slides/"+name+".xml", s)
	}
	return filetest.Zip(tb, append(parts,
		"ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst>`+order+`</p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels", `<Relationships>`+rels+`</Relationships>`,
		"ppt/slides/_rels/b.xml.rels", `<Relationships><Relationship Id="n" Type="`+kinds+`notesSlide" Target="../notesSlides/n.xml"/></Relationships>`,
		"ppt/notesSlides/n.xml", `<p:notes xmlns:p="p" xmlns:a="a">`+slideShape("sldNum", "2")+slideShape("body", "말로 덧붙인다.")+`</p:notes>`)...)
}

func TestSlides(t *testing.T) {
	cell := func(attributes, text string) string {
		return `<a:tc ` + attributes + `><a:txBody><a:p><a:r><a:t>` + text + `</a:t></a:r></a:p></a:txBody></a:tc>`
	}
	slide := func(attributes, inner string) string {
		return `<p:sld xmlns:p="p" xmlns:a="a" ` + attributes + `>` + inner + `</p:sld>`
	}
	raw := string(slidesFile(t,
		slide(`show="0"`, slideShape("title", "숨은 쪽")+slideShape("body", "not shown")),
		slide("", slideShape("body", "Extension 6150", "내선 6150")+slideShape("title", "연락처")+slideShape("ftr", "Company")+`<p:graphicFrame><c:chart xmlns:c="c"/></p:graphicFrame>`),
		slide("", slideShape("ctrTitle", "2025 계획")+`<p:graphicFrame><a:tbl><a:tblPr firstRow="1"/><a:tr>`+cell("", "Grade")+cell("", "Item")+`</a:tr><a:tr>`+
			cell(`rowSpan="2"`, "Manager")+cell("", "Hotel")+`</a:tr><a:tr>`+cell(`vMerge="1"`, "")+cell("", "Meal")+`</a:tr></a:tbl></p:graphicFrame>`),
	))
	c, err := PPTX(t.Context(), []byte(raw), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	const want = "2025 계획\n\nGrade | Item\nManager | Hotel\nManager | Meal\n\n연락처\n\nExtension 6150\n내선 6150\n\n말로 덧붙인다.\n\n숨은 쪽\n\nnot shown"
	if c.Text != want || c.Title != "2025 계획" {
		t.Errorf("got %q, %q", c.Title, c.Text)
	}
	if got := filetest.Hidden(c); strings.Join(got, "|") != "숨은 쪽\n\nnot shown" {
		t.Errorf("hidden is %q", got)
	}
	if got := strings.Join(c.Warnings, "|"); got != "left out: 1 chart" {
		t.Errorf("it is told that %q", got)
	}
	at := len([]rune(c.Text[:strings.Index(c.Text, "6150")]))
	if where, path := c.PlaceAt(at), c.Outline().Path(at); where[retrieval.Slide] != 2.0 || path != "연락처" {
		t.Errorf("the extension is at %v, below %q", where, path)
	}
	for name, tc := range map[string]struct{ raw, want string }{
		"unpacks to much": {string(slidesFile(t, "<sld>"+strings.Repeat(" ", 2<<20)+"</sld>")), "larger than"},
		"broken":          {string(slidesFile(t, "<sld>")), "damaged"},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckRefused(t, PPTX, []byte(tc.raw), nil, tc.want) })
	}
	if c, err := PPTX(t.Context(), filetest.Zip(t, "ppt/presentation.xml", "<presentation/>"), 1<<20); c.Text != "" || err != nil {
		t.Errorf("without slides: got %q, %v", c.Text, err)
	}
	// One slide that is broken is told.
	c, err = PPTX(t.Context(), slidesFile(t, "<sld>", slide("", slideShape("title", "연락처"))), 1<<20)
	if err != nil || !strings.Contains(c.Text, "연락처") || len(c.Warnings) != 1 || !strings.Contains(c.Warnings[0], "slide 2") {
		t.Errorf("got %q, %v, %q", c.Text, err, c.Warnings)
	}
}

func FuzzLoadSlides(f *testing.F) {
	f.Add(`<p:sld xmlns:p="p" xmlns:a="a">` + slideShape("title", "T") + `<a:tbl><a:tr><a:tc gridSpan="2"><a:p><a:r><a:t>x</a:t></a:r></a:p></a:tc><a:tc hMerge="1"/></a:tr></a:tbl></p:sld>`)
	f.Fuzz(func(t *testing.T, slide string) { filetest.CheckContent(t, PPTX, slidesFile(t, slide)) })
}
