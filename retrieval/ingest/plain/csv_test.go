package plain

import (
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

// rowsAt are the places of the rows of a table that begin there.
func rowsAt(starts ...int) []content.Place {
	var places []content.Place
	for i, at := range starts {
		places = append(places, content.Place{Start: at, Metadata: map[string]any{retrieval.Row: float64(i + 1)}})
	}
	return places
}

func TestExtractCSV(t *testing.T) {
	korean := filetest.CP949(t, "도시,일비\n부산,5만원\n")
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want content.Content
	}{
		{"CSV", CSV, []byte("City,\"Per\nday\",\nBusan,5,x\n\n,,\n\"Seoul, \"\"S\"\"\",,\n"), content.Content{
			Text: "City: Busan\nPer day: 5\nx\n\nCity: Seoul, \"S\"", Units: []content.Span{{Start: 0, End: 24}, {Start: 26, End: 42}}, Places: rowsAt(0, 26), Leads: []content.Lead{{Span: content.Span{Start: 0, End: 24}, Text: "City: Busan"}, {Span: content.Span{Start: 26, End: 42}, Text: `City: Seoul, "S"`}},
		}},
		{"CSV with semicolons", CSV, []byte("a;b;c,d\n1;2\n"), content.Content{Text: "a: 1\nb: 2\n\nc,d", Units: []content.Span{{Start: 0, End: 9}, {Start: 11, End: 14}}, Places: append(rowsAt(0), content.Place{Start: 11}), Leads: []content.Lead{{Span: content.Span{Start: 0, End: 9}, Text: "a: 1"}}}},
		{"CSV in CP949", CSV, []byte(korean), content.Content{Text: "도시: 부산\n일비: 5만원", Units: []content.Span{{Start: 0, End: 14}}, Places: rowsAt(0), Leads: []content.Lead{{Span: content.Span{Start: 0, End: 14}, Text: "도시: 부산"}}}},
		{"CSV with an empty column", CSV, []byte("지점,비고\n부산,\n"), content.Content{
			Text: "지점: 부산\n\n비고", Units: []content.Span{{Start: 0, End: 6}, {Start: 8, End: 10}}, Places: append(rowsAt(0), content.Place{Start: 8}), Leads: []content.Lead{{Span: content.Span{Start: 0, End: 6}, Text: "지점: 부산"}},
		}},
		{"TSV", TSV, []byte("a,x\tb\n1\t2\t3\n"), content.Content{Text: "a,x: 1\nb: 2\n3", Units: []content.Span{{Start: 0, End: 13}}, Places: rowsAt(0), Leads: []content.Lead{{Span: content.Span{Start: 0, End: 13}, Text: "a,x: 1"}}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRead(t, tt.of, tt.raw, tt.want) })
	}
}

func TestExtractRefusesCSV(t *testing.T) {
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want error
		text string
	}{
		{"empty CSV", CSV, nil, content.ErrEmpty, ""},
		{"CSV that grows", CSV, []byte(strings.Repeat("h", 1000) + "\n" + strings.Repeat("x\n", 2000)), nil, "larger than"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRefused(t, tt.of, tt.raw, tt.want, tt.text) })
	}
}

// Who stops a run waits for no file.
func TestReadingStopsWithTheContext(t *testing.T) {
	filetest.CheckStops(t, CSV, []byte("a,b\n1,2\n"))
}

func FuzzLoadCSV(f *testing.F) {
	for _, s := range []string{"a,b\n1,\"2\n3\"\n", "sep=;\na;b\n1;2", "t,,\n,,\nx,y,z\n1,2,3", "id,n\n1,\"x\n2,\"y\"\n", "a,b,,c,\n,d,e,d,e\nx,1,2,3,4", "k,v\nlong," + strings.Repeat("word ", 40)} {
		f.Add(s, false)
		f.Add(s, true)
	}
	f.Fuzz(func(t *testing.T, table string, tabs bool) {
		of := CSV
		if tabs {
			of = TSV
		}
		filetest.CheckContent(t, of, []byte(table))
	})
}
