package office

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/filetest"
)

// workbookOf is a workbook of one sheet with those rows, and what more is done
// to it.
func workbookOf(tb testing.TB, rows [][]any, more ...func(f *excelize.File) error) string {
	tb.Helper()
	f := excelize.NewFile()
	defer f.Close()
	for i, row := range rows {
		if err := f.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+1), &row); err != nil {
			tb.Fatal(err)
		}
	}
	for _, do := range more {
		if err := do(f); err != nil {
			tb.Fatal(err)
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		tb.Fatal(err)
	}
	return b.String()
}

func TestWorkbooks(t *testing.T) {
	style := func(cells string, format int) func(f *excelize.File) error {
		return func(f *excelize.File) error {
			s, err := f.NewStyle(&excelize.Style{NumFmt: format})
			return errors.Join(err, f.SetCellStyle("Sheet1", cells, cells, s))
		}
	}
	raw := workbookOf(t, [][]any{
		{"2025년 출장비 기준"},
		{"단위: 원"},
		{},
		{"직급", "한도", nil, "시행"},
		{nil, "숙박", "식비"},
		{"부장", 200000, 40000, time.Date(2025, 3, 1, 0, 0, 0, 0, time.UTC)},
		{nil, 150000, nil, time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)},
		{},
		{"사원", 0.5, "secret", "x"},
		{"임시", "hidden row"},
	}, style("B6", 3), style("B7", 3), style("D6", 14), style("D7", 14), style("B9", 9), func(f *excelize.File) error {
		sheet, err := f.NewSheet("제주")
		return errors.Join(err,
			f.MergeCell("Sheet1", "B4", "C4"), f.MergeCell("Sheet1", "A6", "A7"), f.MergeCell("Sheet1", "A1", "D1"),
			f.SetRowVisible("Sheet1", 10, false),
			f.AddComment("Sheet1", excelize.Comment{Cell: "B6", Text: "정말?"}),
			f.AddShape("Sheet1", &excelize.Shape{Cell: "G1", Type: "rect", Paragraph: []excelize.RichTextRun{{Text: "글상자 안내"}}}),
			f.SetCellValue("제주", "A1", "지점"), f.SetCellValue("제주", "B1", "일비"), f.SetCellValue("제주", "A2", "제주"), f.SetCellValue("제주", "B2", 28000),
			f.SetSheetVisible("제주", sheet < 0),
		)
	})
	c, err := XLSX(t.Context(), []byte(raw), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	const want = `2025년 출장비 기준
단위: 원

직급: 부장
한도 숙박: 200,000
한도 식비: 40000
시행: 2025-03-01

직급: 부장
한도 숙박: 150,000
시행: 2026-03-01

직급: 사원
한도 숙박: 50%
한도 식비: secret
시행: x

직급: 임시
한도 숙박: hidden row

글상자 안내

지점: 제주
일비: 28000`
	if c.Text != want {
		t.Errorf("got %s", c.Text)
	}
	if got := strings.Join(c.Warnings, "\n"); !strings.Contains(got, `"Sheet1": left out: 1 comment`) {
		t.Errorf("it is told that %q", got)
	}
	if got := filetest.Hidden(c); strings.Join(got, "|") != "직급: 임시\n한도 숙박: hidden row|지점: 제주\n일비: 28000" {
		t.Errorf("hidden is %q", got)
	}
	places := map[string]string{}
	runes, headings := []rune(c.Text), c.Outline()
	for _, u := range c.Units {
		first, _, _ := strings.Cut(string(runes[u.Start:u.End]), "\n")
		where := c.PlaceAt(u.Start)
		places[first] = fmt.Sprint(where[retrieval.Sheet], where[retrieval.Cells], where[retrieval.Row], headings.Path(u.Start))
	}
	for first, want := range map[string]string{
		"2025년 출장비 기준": "Sheet1 A1:A2 <nil> Sheet1 > 2025년 출장비 기준",
		"직급: 사원":       "Sheet1 A9:D9 3 Sheet1 > 2025년 출장비 기준",
		"지점: 제주":       "제주 A2:B2 1 제주",
	} {
		if strings.ReplaceAll(places[first], " ", "") != strings.ReplaceAll(want, " ", "") {
			t.Errorf("%s: %q, want %q", first, places[first], want)
		}
	}
}

// A form that nobody has filled in still says what it asks for.
func TestWorkbookOfHeaders(t *testing.T) {
	raw := workbookOf(t, [][]any{
		{"Case number", nil, nil, "SW-14"},
		{"Level", "Injected", nil, "Notes", "Section", "Structure"},
		{nil, "left", "right"},
	})
	c, err := XLSX(t.Context(), []byte(raw), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Case number | SW-14", "Level | Injected left | Injected right | Notes | Section | Structure"} {
		if !strings.Contains(c.Text, text) {
			t.Errorf("%q is not in %q", text, c.Text)
		}
	}
	if cells := c.PlaceAt(strings.Index(c.Text, "Level"))[retrieval.Cells]; cells != "A2:F2" {
		t.Errorf("the headers are at %v", cells)
	}
}

func TestWorkbooksThatAreRefused(t *testing.T) {
	locked := workbookOf(t, [][]any{{"a", "b"}, {1, 2}})
	f, err := excelize.OpenReader(strings.NewReader(locked))
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		t.Fatal(err)
	}
	sealed, err := excelize.Encrypt(b.Bytes(), &excelize.Options{Password: "x"})
	if err != nil {
		t.Fatal(err)
	}
	for name, tc := range map[string]struct{ raw, want string }{
		"encrypted":              {string(sealed), "encrypted"},
		"an old binary workbook": {"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + strings.Repeat("x", 600), "save it as"},
		"no archive":             {"PK\x03\x04", "damaged"},
		"no workbook":            {string(filetest.Zip(t, "x", "y")), "damaged"},
		"unpacks to much":        {sheetOf(t, strings.Repeat(" ", 3<<20)), "larger than 1048576 bytes"},
		"cells far to the right": {sheetOf(t, strings.Repeat(`<row><c r="XFD1" t="str"><v>x</v></c></row>`, 20000)), "cells"},
		"no sheet":               {string(filetest.Zip(t, "xl/workbook.xml", `<workbook xmlns:r="r"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`)), "damaged"},
	} {
		t.Run(name, func(t *testing.T) {
			filetest.CheckRefused(t, XLSX, []byte(tc.raw), nil, tc.want)
		})
	}
}

// sheetOf is a workbook of one sheet with those rows of XML.
func sheetOf(tb testing.TB, rows string, strs ...string) string {
	tb.Helper()
	const kinds = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
	return string(filetest.Zip(tb,
		"[Content_Types].xml", `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"></Types>`,
		"_rels/.rels", `<Relationships><Relationship Id="r1" Type="`+kinds+`officeDocument" Target="xl/workbook.xml"/></Relationships>`,
		"xl/workbook.xml", `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="A" sheetId="1" r:id="r1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="r1" Type="`+kinds+`worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="r2" Type="`+kinds+`sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
		"xl/worksheets/sheet1.xml", `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`+rows+`</sheetData></worksheet>`,
		"xl/sharedStrings.xml", `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`+strings.Join(strs, "")+`</sst>`))
}

func FuzzLoadWorkbook(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>x</t></is></c></row><row r="9" hidden="1"><c r="B9"><v>45000</v></c></row></sheetData><mergeCells><mergeCell ref="A1:C2"/></mergeCells><sheetData>`, `<si><t>a</t></si>`)
	f.Add(`<row><c><v>1</v></c></row><row><c t="b"><v>1</v></c><c t="e"><v>#N/A</v></c></row>`, "")
	f.Fuzz(func(t *testing.T, rows, strs string) { filetest.CheckContent(t, XLSX, []byte(sheetOf(t, rows, strs))) })
}
