package ingest

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
)

// xlsx extracts a workbook (Office Open XML): its sheets one after another, a
// row a unit as of a CSV table, with values as the sheet shows them. A value of
// merged cells stands in each of them. Rows, columns and sheets that are hidden
// are marked so. Comments and charts are told.
func xlsx(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	b, err := openWorkbook(a)
	if err != nil {
		return content{}, err
	}
	defer b.file.Close()
	w := tableWriter{most: maxBytes}
	for _, sheet := range b.sheets {
		if err := b.sheet(ctx, &w, sheet); err != nil {
			return content{}, err
		}
	}
	c := w.content()
	if len(b.sheets) > 1 { // the title of one sheet is none of the others
		c.title = ""
	}
	if title, err := a.coreTitle(); err == nil && title != "" {
		c.title = title
	}
	return c, nil
}

// workbook is an open workbook.
type workbook struct {
	file   *excelize.File
	sheets []sheetPart
	cells  int   // seen so far
	text   int64 // bytes in the cells
}

// sheetPart is a sheet and what is known of it beside its rows.
type sheetPart struct {
	name   string
	hidden bool
	around sheetAround
	boxes  []string // texts of its text boxes
	left   map[string]int
}

const (
	// maxStrings is how many different texts a workbook may have: each costs
	// some 200 bytes beside its letters.
	maxStrings = 2_000_000
	// maxCells is how many cells of a workbook are looked at, empty ones between
	// others included: one cell far to the right makes thousands of them.
	maxCells = 5_000_000
)

// openWorkbook opens the parts of a workbook that are read. Each is unpacked by
// archive, within its limit, since excelize takes a damaged part for a short
// one, and goes by the name that excelize looks for, whatever its own is.
func openWorkbook(a *archive) (*workbook, error) {
	book, err := a.mainPart("xl/workbook.xml")
	if err != nil {
		return nil, err
	}
	raw, err := a.read(book)
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
	d, err := newXMLDecoder(raw)
	if err == nil {
		err = d.Decode(&read)
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDamaged, book, err)
	}
	all, err := a.relationships(book)
	if err != nil {
		return nil, err
	}
	p := newPlainWorkbook(raw)
	b, targets := &workbook{}, map[string]string{}
	for _, r := range all {
		targets[r.ID] = r.Target
		usual, wanted := map[string]string{"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}[r.Type[strings.LastIndex(r.Type, "/")+1:]]
		if !wanted || !a.has(r.Target) {
			continue
		}
		part, err := a.read(r.Target)
		if err != nil {
			return nil, err
		}
		if r.isOf("sharedStrings") && bytes.Count(part, []byte("<si")) > maxStrings {
			return nil, fmt.Errorf("more than %d different texts: %w", maxStrings, errTooLarge)
		}
		p.add(usual, part)
	}
	for _, s := range read.Sheets {
		target, ok := targets[s.ID]
		if !ok || !a.has(target) {
			continue
		}
		raw, err := a.read(target)
		if err != nil {
			return nil, err
		}
		part := sheetPart{name: s.Name, hidden: s.State != "" && s.State != "visible"}
		if part.around, err = readAroundRows(raw); err != nil {
			return nil, fmt.Errorf("%w: %s: %w", errDamaged, target, err)
		}
		if part.boxes, part.left, err = a.besideRows(target); err != nil {
			return nil, err
		}
		b.sheets = append(b.sheets, part)
		p.addSheet(s.ID, raw)
	}
	b.file, err = p.open(a.most)
	return b, err
}

// plainWorkbook is a workbook made anew of the parts that are read.
type plainWorkbook struct {
	out    bytes.Buffer
	zip    *zip.Writer
	sheets strings.Builder // their relationships
	n      int
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
		if text, err = xmlText(part); err == nil {
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
	most := max(4*maxBytes, 1<<20) // the limit was kept when the parts were unpacked; no temporary files
	f, err := excelize.OpenReader(&p.out, excelize.Options{
		UnzipSizeLimit: most, UnzipXMLSizeLimit: most,
		ShortDatePattern: "yyyy-mm-dd", LongDatePattern: "yyyy-mm-dd", // as both languages read them
	})
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
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
func (b *workbook) sheet(ctx context.Context, w *tableWriter, s sheetPart) error {
	begin, headings := w.out.runes, len(w.c.headings)
	if w.out.Len() > 0 {
		begin += 2
	}
	where := map[string]any{retrieval.Sheet: s.name}
	rows, err := b.file.Rows(s.name)
	if err != nil {
		return fmt.Errorf("%w: sheet %q: %w", errDamaged, s.name, err)
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
			return fmt.Errorf("%w: sheet %q, row %d: %w", errDamaged, s.name, number, err)
		}
		if b.cells += len(cells) + 1; b.cells > maxCells {
			return fmt.Errorf("more than %d cells, empty ones counted: %w", maxCells, errTooLarge)
		}
		for i, cell := range cells {
			if b.text += int64(len(cell)); b.text > w.most { // many cells can show one text
				return tooLarge(w.most)
			}
			cells[i] = normaliseNewlines(strings.ToValidUTF8(cell, "\uFFFD"))
		}
		if err := t.add(sheetRow{number, cells, hidden}); err != nil {
			return err
		}
	}
	if err := errors.Join(rows.Error(), t.flush()); err != nil {
		return err
	}
	for _, box := range s.boxes {
		if _, err := w.unit(box, where); err != nil {
			return err
		}
	}
	if w.out.runes > begin && s.name != "" {
		w.c.headings = append(w.c.headings[:headings:headings], append([]heading{{begin, 1, named(s.name)}}, w.c.headings[headings:]...)...)
		if s.hidden {
			w.c.hidden = append(w.c.hidden, span{begin, w.out.runes})
		}
	}
	w.c.tellLeftOut(fmt.Sprintf("sheet %q: ", s.name), s.left)
	return nil
}
