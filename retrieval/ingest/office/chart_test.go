package office

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

const chartKinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"

func chartXML(title, plot string) string {
	if title != "" {
		title = `<c:title><c:tx><c:rich><a:p><a:r><a:t>` + strings.ReplaceAll(title, "|", `</a:t></a:r><a:r><a:t>`) + `</a:t></a:r></a:p></c:rich></c:tx></c:title>`
	}
	return `<c:chartSpace xmlns:c="c" xmlns:a="a"><c:chart>` + title + `<c:plotArea><c:layout/>` + plot + `</c:plotArea></c:chart></c:chartSpace>`
}

func points(values ...string) string {
	var b strings.Builder
	for i, v := range values {
		if v != "" {
			b.WriteString(`<c:pt idx="` + string(rune('0'+i)) + `"><c:v>` + v + `</c:v></c:pt>`)
		}
	}
	return b.String()
}

func texts(kind string, values ...string) string {
	return `<c:` + kind + `><c:strRef><c:strCache>` + points(values...) + `</c:strCache></c:strRef></c:` + kind + `>`
}

func numbers(kind, format string, values ...string) string {
	return `<c:` + kind + `><c:numRef><c:numCache><c:formatCode>` + format + `</c:formatCode>` + points(values...) + `</c:numCache></c:numRef></c:` + kind + `>`
}

func TestChart(t *testing.T) {
	series := func(parts ...string) string { return `<c:ser>` + strings.Join(parts, "") + `</c:ser>` }
	axis := func(title string) string {
		return `<c:catAx><c:title><c:tx><c:strRef><c:strCache>` + points(title) + `</c:strCache></c:strRef></c:tx></c:title></c:catAx>`
	}
	for name, tc := range map[string]struct {
		raw, want string
		headers   int
	}{
		"two series": {chartXML("매출|액", `<c:barChart>`+
			series(texts("tx", "서울"), texts("cat", "1분기", "2분기"), numbers("val", "General", "4.3", "2.5"))+
			series(texts("tx", "부산"), texts("cat", "1분기", "2분기"), numbers("val", "0.0", "1", "0.82099999999999995"))+`</c:barChart>`+axis("억 원")),
			"매출액\n억 원\n| 서울 | 부산\n1분기 | 4.3 | 1\n2분기 | 2.5 | 0.821", 3},
		"bars and a line": {chartXML("", `<c:barChart>`+series(texts("tx", "Sales"), texts("cat", "A", "B"), numbers("val", "", "1", "2"))+
			`</c:barChart><c:lineChart>`+series(texts("tx", "Share"), texts("cat", "A", "B"), numbers("val", "0%", "0.1", "0.2"))+`</c:lineChart>`),
			"| Sales | Share\nA | 1 | 0.1\nB | 2 | 0.2", 1},
		"a pie without a name": {chartXML("Votes", `<c:pieChart>`+series(texts("cat", "Yes", "No"), numbers("val", "General", "7", "3"))+`</c:pieChart>`),
			"Votes\nYes | 7\nNo | 3", 1},
		"gaps": {chartXML("", `<c:lineChart>`+series(texts("tx", "x"), texts("cat", "A", "", "C"), numbers("val", "", "", "5", "6"))+`</c:lineChart>`),
			"| x\nA |\n| 5\nC | 6", 1},
		"dates": {chartXML("", `<c:lineChart>`+series(texts("tx", "x"), numbers("cat", "yyyy\\-mm\\-dd", "45658"), numbers("val", "Standard", "5"))+`</c:lineChart>`),
			"| x\n2025-01-01 | 5", 1},
		"points": {chartXML("", `<c:scatterChart>`+series(texts("tx", "a"), numbers("xVal", "", "1", "2"), numbers("yVal", "", "10", "20"))+
			series(texts("tx", "b"), numbers("xVal", "", "3"), numbers("yVal", "", "30"))+`</c:scatterChart>`),
			"| a\n1 | 10\n2 | 20\n| b\n3 | 30", 1},
		"levels": {chartXML("", `<c:barChart>`+series(texts("tx", "x"), `<c:cat><c:multiLvlStrRef><c:multiLvlStrCache><c:lvl>`+points("Q1", "Q2", "Q1")+`</c:lvl><c:lvl>`+
			points("2024", "", "2025")+`</c:lvl></c:multiLvlStrCache></c:multiLvlStrRef></c:cat>`, numbers("val", "", "1", "2", "3"))+`</c:barChart>`),
			"| x\n2024 Q1 | 1\n2024 Q2 | 2\n2025 Q1 | 3", 1},
		"a label": {chartXML("", `<c:barChart>`+series(texts("tx", "x"), `<c:dLbls><c:dLbl><c:idx val="1"/><c:tx><c:rich><a:p><a:r><a:t>새 공장</a:t></a:r></a:p></c:rich></c:tx></c:dLbl><c:dLbl><c:idx val="0"/></c:dLbl></c:dLbls>`,
			texts("cat", "2024", "2025"), numbers("val", "", "1", "9"))+`</c:barChart>`),
			"| x\n2024 | 1\n2025 | 9 (새 공장)", 1},
		"nothing kept": {chartXML("Plan", `<c:barChart><c:ser/></c:barChart>`), "Plan", 0},
	} {
		a, err := archive.Open(filetest.Zip(t, "chart.xml", tc.raw), 1<<20)
		if err != nil {
			t.Fatal(err)
		}
		lines, headers, err := readChart(a, "chart.xml", 1<<20)
		var got []string
		for _, l := range lines {
			got = append(got, l.Text)
		}
		if text := strings.Join(got, "\n"); err != nil || text != tc.want || headers != tc.headers {
			t.Errorf("%s: got %q with %d headers, %v; want %q with %d", name, text, headers, err, tc.want, tc.headers)
		}
	}
}

// Charts stand where they are drawn, and one that cannot be read is told.
func TestChartsInFiles(t *testing.T) {
	const related = `<Relationships><Relationship Id="r1" Type="` + chartKinds + `chart" Target="../charts/a.xml"/><Relationship Id="r2" Type="` + chartKinds + `chart" Target="../charts/b.xml"/></Relationships>`
	good := chartXML("매출액", `<c:pieChart><c:ser>`+texts("cat", "서울", "부산")+numbers("val", "", "7", "3")+`</c:ser></c:pieChart>`)
	slides := filetest.Zip(t,
		"_rels/.rels", `<Relationships><Relationship Id="r" Type="`+chartKinds+`officeDocument" Target="ppt/presentation.xml"/></Relationships>`,
		"ppt/presentation.xml", `<p:presentation xmlns:p="p" xmlns:r="r"><p:sldIdLst><p:sldId id="1" r:id="s"/></p:sldIdLst></p:presentation>`,
		"ppt/_rels/presentation.xml.rels", `<Relationships><Relationship Id="s" Type="`+chartKinds+`slide" Target="slides/a.xml"/></Relationships>`,
		"ppt/slides/a.xml", `<p:sld xmlns:p="p" xmlns:a="a" xmlns:c="c" xmlns:r="r">`+slideShape("title", "실적")+
			`<p:graphicFrame><c:chart r:id="r1"/></p:graphicFrame>`+slideShape("body", "끝")+`<p:graphicFrame><c:chart r:id="r2"/></p:graphicFrame></p:sld>`,
		"ppt/slides/_rels/a.xml.rels", related, "ppt/charts/a.xml", good, "ppt/charts/b.xml", "<broken>")
	letter := filetest.Zip(t,
		"_rels/.rels", `<Relationships><Relationship Id="r" Type="`+chartKinds+`officeDocument" Target="word/document.xml"/></Relationships>`,
		"word/document.xml", `<w:document xmlns:w="w" xmlns:c="c" xmlns:r="r"><w:body>`+
			wordParagraph("", wordText("실적"), `<w:r><w:drawing><c:chart r:id="r1"/></w:drawing></w:r>`)+wordParagraph("", wordText("끝"), `<w:r><w:drawing><c:chart r:id="r2"/></w:drawing></w:r>`)+`</w:body></w:document>`,
		"word/_rels/document.xml.rels", strings.ReplaceAll(related, "../charts", "charts"), "word/charts/a.xml", good, "word/charts/b.xml", "<broken>")
	for name, tc := range map[string]struct {
		of   content.Reader
		raw  []byte
		want string
	}{
		"PPTX": {PPTX, slides, "실적\n\n매출액\n서울 | 7\n부산 | 3\n\n끝"},
		"DOCX": {DOCX, letter, "실적\n\n매출액\n서울 | 7\n부산 | 3\n\n끝"},
	} {
		c, err := tc.of(t.Context(), tc.raw, 1<<20)
		if err != nil || strings.TrimSpace(c.Text) != tc.want {
			t.Errorf("%s: got %q, %v; want %q", name, c.Text, err, tc.want)
		}
		if told := strings.Join(c.Warnings, "|"); told != "left out: 1 chart" {
			t.Errorf("%s: it is told that %q", name, told)
		}
	}
}

// Each of many series has a value at a place of its own, so their table would have a
// thousand million cells.
func TestChartsOfTooManyCells(t *testing.T) {
	var plot strings.Builder
	for i := range 30_000 {
		fmt.Fprintf(&plot, `<c:ser><c:val><c:numLit><c:pt idx="%d"><c:v>1</c:v></c:pt></c:numLit></c:val></c:ser>`, i)
	}
	for name, raw := range map[string]string{
		"series": chartXML("", `<c:barChart>`+plot.String()+`</c:barChart>`),
		"points": chartXML("", `<c:barChart><c:ser><c:val><c:numLit>`+strings.Repeat(`<c:pt idx="1"><c:v>1</c:v></c:pt>`, maxChartCells+1)+`</c:numLit></c:val></c:ser></c:barChart>`),
	} {
		a, err := archive.Open(filetest.Zip(t, "chart.xml", raw), 64<<20)
		if err != nil {
			t.Fatal(err)
		}
		if lines, _, err := readChart(a, "chart.xml", 64<<20); !errors.Is(err, errLargeChart) {
			t.Errorf("%s: got %d lines and %v", name, len(lines), err)
		}
	}
}
