package office

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"slices"

	"github.com/xuri/excelize/v2"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/table"
	"selfrag/retrieval/ingest/xmltext"
)

// sheetAround holds what a sheet says outside of its rows.
type sheetAround struct {
	merges []mergedCells // sorted by first row
	hidden [][2]int      // hidden columns: first and last of each range, from 1
}

// mergedCells is a range of merged cells. Columns and rows count from 1, and right
// and bottom are part of the range.
type mergedCells struct{ left, top, right, bottom int }

// startingAt returns the merged ranges whose first row has that number.
func (s sheetAround) startingAt(row int) []mergedCells {
	from, _ := slices.BinarySearchFunc(s.merges, row, func(m mergedCells, row int) int { return m.top - row })
	to := from
	for to < len(s.merges) && s.merges[to].top == row {
		to++
	}
	return s.merges[from:to]
}

// hides reports whether a column, from 1, is hidden.
func (s sheetAround) hides(column int) bool {
	return slices.ContainsFunc(s.hidden, func(r [2]int) bool { return r[0] <= column && column <= r[1] })
}

// maxMerges is the maximum number of merged ranges that are read from a sheet.
const maxMerges = 100_000

// readAroundRows reads what stands before and after the rows in the XML of a
// sheet. It does not parse the rows.
func readAroundRows(raw []byte) (sheetAround, error) {
	var s sheetAround
	text, err := xmltext.UTF8(raw)
	if err != nil {
		return s, err
	}
	before, rest, ok := bytes.Cut(text, []byte("<sheetData"))
	if !ok {
		before, rest, _ = bytes.Cut(text, []byte(":sheetData")) // with a namespace prefix
	}
	after := rest[max(bytes.LastIndex(rest, []byte("sheetData>")), 0):]
	for _, part := range [][]byte{before, after} {
		if err := s.read(part); err != nil {
			return s, err
		}
	}
	slices.SortStableFunc(s.merges, func(a, b mergedCells) int { return a.top - b.top })
	return s, nil
}

// read reads the elements in a section of XML that may be cut off at both ends.
func (s *sheetAround) read(part []byte) error {
	d := xml.NewDecoder(bytes.NewReader(part))
	d.Strict = false
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil }
	for {
		token, err := d.RawToken()
		var torn *xml.SyntaxError
		if errors.Is(err, io.EOF) || errors.As(err, &torn) {
			return nil
		}
		if err != nil {
			return err
		}
		t, ok := token.(xml.StartElement)
		if !ok {
			continue
		}
		switch t.Name.Local {
		case "mergeCell":
			if m, ok := mergedRange(xmltext.Attribute(t, "ref")); ok && len(s.merges) < maxMerges {
				s.merges = append(s.merges, m)
			}
		case "col":
			if hidden := xmltext.Attribute(t, "hidden"); hidden != "" && xmltext.IsOn(hidden) && len(s.hidden) < table.MaxColumns {
				s.hidden = append(s.hidden, [2]int{xmltext.Int(xmltext.Attribute(t, "min")), xmltext.Int(xmltext.Attribute(t, "max"))})
			}
		}
	}
}

// mergedRange parses a range such as "A1:C2".
func mergedRange(ref string) (mergedCells, bool) {
	first, last, ok := bytes.Cut([]byte(ref), []byte(":"))
	if !ok {
		return mergedCells{}, false
	}
	left, top, err1 := excelize.CellNameToCoordinates(string(first))
	right, bottom, err2 := excelize.CellNameToCoordinates(string(last))
	return mergedCells{left, top, right, bottom}, err1 == nil && err2 == nil && left <= right && top <= bottom
}

// besideRows returns the texts of a sheet's text boxes, and the number of its
// comments and charts, by kind.
func besideRows(a *archive.Archive, part string) (boxes []string, left map[string]int, err error) {
	all, err := relationships(a, part)
	if err != nil {
		return nil, nil, err
	}
	left = map[string]int{}
	for _, r := range all {
		switch {
		case !a.Has(r.Target):
		case r.isOf("comments"):
			var read struct {
				Comment []struct{} `xml:"commentList>comment"`
			}
			if err := a.DecodeXML(r.Target, &read); err != nil {
				return nil, nil, err
			}
			left["comment"] += len(read.Comment)
		case r.isOf("drawing"):
			d, err := readDrawing(a, r.Target)
			if err != nil {
				return nil, nil, err
			}
			boxes = append(boxes, d.boxes...)
			left["chart"] += d.charts
		}
	}
	return boxes, left, nil
}
