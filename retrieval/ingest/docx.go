package ingest

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// docx extracts a Word document (Office Open XML, ISO/IEC 29500): its
// paragraphs, apart by an empty line, its headings, and its tables, a row a
// line with " | " between the cells. What was deleted under tracking, notes,
// headers and footers are left out.
//
// The reader is our own since the parts needed are few: the libraries for
// Word files to be had are for writing them, or are copyleft.
func docx(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	const body = "word/document.xml"
	document, err := a.read(body)
	if err != nil {
		return content{}, err
	}
	d := docxText{}
	if a.has("word/styles.xml") {
		if d.styles, err = docxStyles(a); err != nil {
			return content{}, err
		}
	}
	switch err := d.read(ctx, document); {
	case ctx.Err() != nil:
		return content{}, context.Cause(ctx)
	case err != nil:
		return content{}, fmt.Errorf("%w: %s: %w", errDamaged, body, err)
	}
	c := content{text: d.out.String(), headings: d.headings, hidden: d.hidden}
	var core struct {
		Title string `xml:"title"`
	}
	if a.has("docProps/core.xml") {
		if err := a.decodeXML("docProps/core.xml", &core); err != nil {
			return content{}, err
		}
	}
	c.title = named(core.Title)
	for _, h := range c.headings {
		if c.title == "" {
			c.title = h.text
		}
	}
	return c, nil
}

// docxText collects the text of a document from its XML.
type docxText struct {
	styles map[string]docxStyle

	out       textBuilder
	headings  []heading
	hidden    []span
	looks     docxLooks
	paragraph markedText
	level     int // of the paragraph at hand; 0: no heading
	tables    int // depth
	row       []marked
	cell      markedText
}

func (d *docxText) read(ctx context.Context, document []byte) error {
	tokens := xml.NewDecoder(bytes.NewReader(document))
	inText, n := false, 0
	for {
		token, err := tokens.Token()
		if n++; n%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "del", "moveFrom", "Fallback", "instrText", "delText",
				"pPrChange", "rPrChange", "tblPrChange", "tcPrChange": // what was so before
				if err := tokens.Skip(); err != nil {
					return err
				}
			case "t":
				inText = true
			default:
				d.start(t)
			}
		case xml.EndElement:
			if t.Name.Local == "t" {
				inText = false
			}
			d.end(t.Name.Local)
		case xml.CharData:
			if inText {
				d.write(normaliseNewlines(string(t)))
			}
		}
	}
}

func (d *docxText) start(t xml.StartElement) {
	d.looks.start(t, d.styles)
	switch t.Name.Local {
	case "pStyle":
		d.level = d.styles[value(t, "val")].level
	case "outlineLvl":
		d.level = outlineLevel(value(t, "val"))
	case "tab":
		d.write("\t")
	case "br", "cr":
		d.write("\n")
	case "noBreakHyphen":
		d.write("-")
	case "tbl":
		d.tables++
	case "tr":
		if d.tables == 1 {
			d.row = nil
		}
	}
}

func (d *docxText) end(name string) {
	switch name {
	case "p":
		d.endParagraph()
	case "tc":
		if d.tables == 1 {
			d.row = append(d.row, d.cell.take().collapsed())
		}
	case "tr":
		if d.tables == 1 {
			d.endRow()
		}
	case "tbl":
		if d.tables--; d.tables == 0 && d.out.Len() > 0 {
			d.out.write("\n")
		}
	}
	d.looks.end(name)
}

func (d *docxText) write(s string) { d.paragraph.add(s, d.looks.hide()) }

func (d *docxText) endParagraph() {
	paragraph := d.paragraph.take().trimmed()
	level := d.level
	d.level = 0
	switch {
	case d.tables > 0:
		d.cell.join(paragraph)
		d.cell.add(" ", false)
	case paragraph.text != "":
		if level > 0 {
			d.headings = append(d.headings, heading{d.out.runes, level, named(paragraph.text)})
		}
		d.put(paragraph)
		d.out.write("\n\n")
	}
}

func (d *docxText) endRow() {
	if !slices.ContainsFunc(d.row, func(cell marked) bool { return strings.Trim(cell.text, " |") != "" }) {
		return
	}
	for i, cell := range d.row {
		if i > 0 {
			d.out.write(" | ")
		}
		d.put(cell)
	}
	d.out.write("\n")
}

func (d *docxText) put(m marked) {
	for _, h := range m.hidden {
		d.hidden = append(d.hidden, span{h.start + d.out.runes, h.end + d.out.runes})
	}
	d.out.write(m.text)
}
