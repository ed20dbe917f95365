package office

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
	"selfrag/retrieval/ingest/xmltext"
)

// XLSX reads an Excel workbook, one sheet after another. Each row is a unit of
// lines "header: value", with the values as the sheet shows them. The value of
// merged cells is repeated in each of them. Hidden rows, columns and sheets are
// marked. Comments and charts are left out with a warning.
func XLSX(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	a, err := archive.Open(raw, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	b, err := openWorkbook(a)
	if err != nil {
		return content.Content{}, err
	}
	defer b.file.Close()
	w := table.Writer{MaxBytes: maxBytes}
	for _, sheet := range b.sheets {
		if err := b.sheet(ctx, &w, sheet); err != nil {
			return content.Content{}, err
		}
	}
	c := w.Done()
	if len(b.sheets) > 1 { // the title of one sheet is not the title of the whole workbook
		c.Title = ""
	}
	if title, err := coreTitle(a); err == nil && title != "" {
		c.Title = title
	}
	return c, nil
}

// workbook is an open workbook.
type workbook struct {
	file   *excelize.File
	sheets []sheetPart
	cells  int   // number of cells read so far
	text   int64 // bytes of text in them
}

// sheetPart is a sheet without its rows.
type sheetPart struct {
	name   string
	hidden bool
	around sheetAround
	boxes  []string       // texts of its text boxes
	left   map[string]int // number of things left out, by kind
}

const (
	// maxStrings is the maximum number of different texts in a workbook. Each costs
	// some 200 bytes in addition to its letters.
	maxStrings = 2_000_000
	// maxCells is the maximum number of cells in a workbook, including the empty
	// cells before the last one of a row: a single cell far to the right comes with
	// thousands of them.
	maxCells = 5_000_000
)

// openWorkbook opens a workbook with excelize. It first makes a new workbook of the
// parts that are needed. Package archive unpacks them within its limit, because
// excelize takes a damaged part for a short one. They get the names that excelize
// expects, because a file may use other names.
func openWorkbook(a *archive.Archive) (*workbook, error) {
	book, err := mainPart(a, "xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	raw, err := a.Read(book)
	if err != nil {
		return nil, err
	}
	var read struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			ID    string `xml:"id,attr"`
			State string `xml:"state,attr"`
		} `xml:"sheets>sheet"`
	}
	d, err := xmltext.NewDecoder(raw)
	if err == nil {
		err = d.Decode(&read)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", content.ErrDamaged, book, err)
	}
	all, err := relationships(a, book)
	if err != nil {
		return nil, err
	}
	p := newPlainWorkbook(raw)
	b, targets := &workbook{}, map[string]string{}
	for _, r := range all {
		targets[r.ID] = r.Target
		usual, wanted := map[string]string{"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}[r.Type[strings.LastIndex(r.Type, "/")+1:]]
		if !wanted || !a.Has(r.Target) {
			continue
		}
		part, err := a.Read(r.Target)
		if err != nil {
			return nil, err
		}
		if r.isOf("sharedStrings") && bytes.Count(part, []byte("<si")) > maxStrings {
			return nil, fmt.Errorf("more than %d different texts: %w", maxStrings, content.ErrTooLarge)
		}
		p.add(usual, part)
	}
	for _, s := range read.Sheets {
		target, ok := targets[s.ID]
		if !ok || !a.Has(target) {
			continue
		}
		raw, err := a.Read(target)
		if err != nil {
			return nil, err
		}
		part := sheetPart{name: s.Name, hidden: s.State != "" && s.State != "visible"}
		if part.around, err = readAroundRows(raw); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", content.ErrDamaged, target, err)
		}
		if part.boxes, part.left, err = besideRows(a, target); err != nil {
			return nil, err
		}
		b.sheets = append(b.sheets, part)
		p.addSheet(s.ID, raw)
	}
	b.file, err = p.open(a.MaxBytes())
	return b, err
}

// plainWorkbook is a new workbook file with only the parts that are needed.
type plainWorkbook struct {
	out    bytes.Buffer
	zip    *zip.Writer
	sheets strings.Builder // relationships of the sheets, as XML
	n      int             // number of sheets
	err    error
}

func newPlainWorkbook(book []byte) *plainWorkbook {
	p := &plainWorkbook{}
	p.zip = zip.NewWriter(&p.out)
	p.add("_rels/.rels", []byte(relationshipsXML(`<Relationship Id="r" Type="`+excelize.SourceRelationshipOfficeDocument+`" Target="xl/workbook.xml"/>`)))
	p.add("xl/workbook.xml", book)
	return p
}

func relationshipsXML(all string) string {
	return `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` + all + `</Relationships>`
}

func (p *plainWorkbook) add(name string, part []byte) {
	f, err := p.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store})
	if err == nil {
		var text []byte
		if text, err = xmltext.UTF8(part); err == nil {
			_, err = f.Write(text)
		}
	}
	p.err = errors.Join(p.err, err)
}

func (p *plainWorkbook) addSheet(id string, part []byte) {
	p.n++
	name := fmt.Sprintf("worksheets/sheet%d.xml", p.n)
	p.add("xl/"+name, part)
	var escaped strings.Builder
	p.err = errors.Join(p.err, xml.EscapeText(&escaped, []byte(id)))
	fmt.Fprintf(&p.sheets, `<Relationship Id="%s" Type="%s" Target="%s"/>`, escaped.String(), excelize.SourceRelationshipWorkSheet, name)
}

func (p *plainWorkbook) open(maxBytes int64) (*excelize.File, error) {
	p.add("xl/_rels/workbook.xml.rels", []byte(relationshipsXML(p.sheets.String())))
	if err := errors.Join(p.err, p.zip.Close()); err != nil {
		return nil, err
	}
	most := max(4*maxBytes, 1<<20) // large enough that excelize writes no temporary files; archive applied the real limit
	f, err := excelize.OpenReader(&p.out, excelize.Options{
		UnzipSizeLimit: most, UnzipXMLSizeLimit: most,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", // readable in Korean and English
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", content.ErrDamaged, err)
	}
	return f, nil
}

// sheetRow is a row with its number in the sheet, from 1.
type sheetRow struct {
	number int
	cells  []string
	hidden bool
}

// sheet writes the rows of a sheet, and after them its text boxes.
func (b *workbook) sheet(ctx context.Context, w *table.Writer, s sheetPart) error {
	begin, headings := w.Text.Runes(), len(w.Content.Headings)
	if w.Text.Len() > 0 {
		begin += 2
	}
	where := map[string]any{retrieval.Sheet: s.name}
	rows, err := b.file.Rows(s.name)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", content.ErrDamaged, s.name, err)
	}
	defer rows.Close()
	t := sheetTable{w: w, s: s}
	for number := 1; rows.Next(); number++ {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		hidden := rows.GetRowOpts().Hidden
		cells, err := rows.Columns()
		if err != nil {
			return fmt.Errorf("%w: sheet %q, row %d: %w", content.ErrDamaged, s.name, number, err)
		}
		if b.cells += len(cells) + 1; b.cells > maxCells {
			return fmt.Errorf("more than %d cells, empty ones counted: %w", maxCells, content.ErrTooLarge)
		}
		for i, cell := range cells {
			if b.text += int64(len(cell)); b.text > w.MaxBytes { // a small file can show one long text in many cells
				return content.TooLarge(w.MaxBytes)
			}
			cells[i] = content.NormaliseNewlines(strings.ToValidUTF8(cell, "\uFFFD"))
		}
		if err := t.add(sheetRow{number, cells, hidden}); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Error(), t.end()); err != nil {
		return err
	}
	for _, box := range s.boxes {
		if _, err := w.Unit(box, where); err != nil {
			return err
		}
	}
	if w.Text.Runes() > begin && s.name != "" {
		w.Content.Headings = append(w.Content.Headings[:headings:headings], append([]content.Heading{{Start: begin, Level: 1, Text: content.Name(s.name)}}, w.Content.Headings[headings:]...)...)
		if s.hidden {
			w.Content.Hidden = append(w.Content.Hidden, content.Span{Start: begin, End: w.Text.Runes()})
		}
	}
	w.Content.WarnLeftOut(fmt.Sprintf("sheet %q: ", s.name), s.left)
	return nil
}
