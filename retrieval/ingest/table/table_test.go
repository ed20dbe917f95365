package table

import (
	"errors"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/content"
)

// cells returns a row of cells with these texts.
func cells(texts ...string) Row {
	var r Row
	for _, text := range texts {
		r.Cells = append(r.Cells, Cell{Marked: content.Marked{Text: text}})
	}
	return r
}

// spanning returns a cell that spans rows and columns.
func spanning(text string, across, down int) Cell {
	return Cell{Marked: content.Marked{Text: text}, Across: across, Down: down}
}

func TestGrid(t *testing.T) {
	goesOn := cells("", "식비")
	goesOn.Cells[0].GoesOn = true
	long := strings.Repeat("글", MaxRepeated+1)
	header := cells("1", "2")
	header.Header = true
	shifted := cells("b")
	shifted.Before = 1
	for name, tc := range map[string]struct {
		rows    []Row
		want    []string
		headers int
	}{
		"headers have no numbers":          {[]Row{cells("City", "Fee"), cells("Jeju", "5")}, []string{"City | Fee", "Jeju | 5"}, 1},
		"a first row of numbers":           {[]Row{cells("Jeju", "5"), cells("Busan", "6")}, []string{"Jeju | 5", "Busan | 6"}, 0},
		"a row that says it is a header":   {[]Row{header, cells("Jeju", "5")}, []string{"1 | 2", "Jeju | 5"}, 1},
		"headers of nothing":               {[]Row{cells("City", "Fee")}, []string{"City | Fee"}, 0},
		"rows without text":                {[]Row{cells("City", "Fee"), cells("", " "), {}, cells("Jeju", "5")}, []string{"City | Fee", "Jeju | 5"}, 1},
		"a cell over rows":                 {[]Row{{Cells: []Cell{spanning("부장", 1, 2), spanning("숙박", 1, 1)}}, cells("식비")}, []string{"부장 | 숙박", "부장 | 식비"}, 1},
		"a cell over rows, as Word has it": {[]Row{cells("부장", "숙박"), goesOn}, []string{"부장 | 숙박", "부장 | 식비"}, 1},
		"a cell over columns":              {[]Row{{Cells: []Cell{spanning("a", 1, 1), spanning("b", 2, 1)}}, cells("1", "2", "3")}, []string{"a | b | b", "1 | 2 | 3"}, 1},
		"a cell over the whole row":        {[]Row{cells("1", "2"), {Cells: []Cell{spanning("note 3", 2, 1)}}}, []string{"1 | 2", "note 3"}, 0},
		"a cell that claims too much":      {[]Row{{Cells: []Cell{spanning("1", 2_000_000_000, 1), spanning("2", 1, 1)}}}, []string{"1 | 2"}, 0},
		"prose is said once":               {[]Row{{Cells: []Cell{spanning(long, 1, 2), spanning("1", 1, 1)}}, cells("2")}, []string{long + " | 1", "| 2"}, 0},
		"columns left out before a row":    {[]Row{cells("a", "1"), shifted}, []string{"a | 1", "| b"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			lines, headers, ok := Grid{Rows: tc.rows}.Lines(1 << 20)
			var got []string
			for _, l := range lines {
				got = append(got, l.Text)
			}
			if !ok || headers != tc.headers || !slices.Equal(got, tc.want) {
				t.Errorf("got %q, %d headers, %v; want %q, %d", got, headers, ok, tc.want, tc.headers)
			}
		})
	}
	if _, _, ok := (Grid{Rows: []Row{cells("four", "five")}}).Lines(5); ok {
		t.Error("a table went over its budget")
	}
}

func TestHiddenCells(t *testing.T) {
	row := cells("seen", "not", "seen")
	row.Cells[1].Hidden = []content.Span{{Start: 0, End: 3}}
	lines, _, _ := Grid{Rows: []Row{row}}.Lines(1 << 10)
	if want := []content.Span{{Start: 7, End: 10}}; len(lines) != 1 || !reflect.DeepEqual(lines[0].Hidden, want) {
		t.Errorf("got %+v, want %v", lines, want)
	}
}

func TestSplitHeaders(t *testing.T) {
	for name, tc := range map[string]struct {
		head    [][]string
		titles  int
		headers []string
		rows    int
	}{
		"none":                   {[][]string{{"", ""}}, 1, nil, 0},
		"the first row":          {[][]string{{"a: ", "b"}, {"1", "2"}}, 0, []string{"a", "b"}, 1},
		"below titles":           {[][]string{{"2025 figures"}, {"in won", ""}, {"a", "b", "c"}, {"1", "2", "3"}}, 2, []string{"a", "b", "c"}, 1},
		"in two rows":            {[][]string{{"지점", "방문자", "", "매출"}, {"", "상반기", "하반기"}, {"부산", "1", "2", "3"}}, 0, []string{"지점", "방문자 상반기", "방문자 하반기", "매출"}, 1},
		"in a longer second row": {[][]string{{"Level", "Left", "", "Right"}, {"", "in", "out", "in", "out"}}, 0, []string{"Level", "Left in", "Left out", "Right in", "Right out"}, 0},
		"numbers are no header":  {[][]string{{"a", "b", ""}, {"", "1,000", "2"}}, 0, []string{"a", "b", ""}, 1},
	} {
		t.Run(name, func(t *testing.T) {
			titles, headers, rows := SplitHeaders(tc.head)
			if len(titles) != tc.titles || !slices.Equal(headers, tc.headers) || len(rows) != tc.rows {
				t.Errorf("got %q, %q, %q", titles, headers, rows)
			}
		})
	}
}

func TestWriter(t *testing.T) {
	w := Writer{MaxBytes: 60}
	first, second := map[string]any{"row": 1.0}, map[string]any{"row": 2.0}
	if err := w.Titles([][]string{{"출장비", " 기준"}, {""}}, first); err != nil {
		t.Fatal(err)
	}
	for _, row := range [][]string{{"부산", "", "x"}, {" ", ""}} {
		written, err := w.Row([]string{"지점", "일비"}, row, second)
		if err != nil || written != (row[0] == "부산") {
			t.Errorf("%q: written %v, %v", row, written, err)
		}
	}
	c := w.Done()
	if c.Title != "출장비 | 기준" || c.Text != "출장비 | 기준\n\n지점: 부산\nx" {
		t.Errorf("got %q, %q", c.Title, c.Text)
	}
	if len(c.Units) != 2 || len(c.Leads) != 1 || c.Leads[0].Text != "지점: 부산" || c.Leads[0].Span != c.Units[1] {
		t.Errorf("got %v, %v", c.Units, c.Leads)
	}
	if at := c.Units[1].Start; !maps.Equal(c.PlaceAt(at), second) || !maps.Equal(c.PlaceAt(at-1), first) {
		t.Errorf("got %v", c.Places)
	}
	if _, err := w.Row([]string{"지점"}, []string{strings.Repeat("긴 말 ", 10)}, nil); !errors.Is(err, content.ErrTooLarge) {
		t.Errorf("beyond the limit: %v", err)
	}
}

// TestWriterEnd ends tables in which no row has a cell of some column, or which
// have no rows.
func TestWriterEnd(t *testing.T) {
	w := Writer{MaxBytes: 1000}
	headers := []string{"지점", "비고", "", "지점"}
	if _, err := w.Row(headers, []string{"부산"}, nil); err != nil {
		t.Fatal(err)
	}
	where := map[string]any{"cells": "A1:D1"}
	for _, h := range [][]string{headers, {"Name", "Fee"}, nil} {
		if err := w.End(h, where); err != nil {
			t.Fatal(err)
		}
	}
	c := w.Done()
	if want := "지점: 부산\n\n비고\n\nName | Fee"; c.Text != want || c.Title != "" {
		t.Errorf("got %q, title %q; want %q", c.Text, c.Title, want)
	}
	if at := c.Units[1].Start; !maps.Equal(c.PlaceAt(at), where) {
		t.Errorf("got %v", c.Places)
	}
}
