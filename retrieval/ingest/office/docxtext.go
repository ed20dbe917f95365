package office

import (
	"context"
	"encoding/xml"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
	"selfrag/retrieval/ingest/xmltext"
)

// docxText collects the text of a document from its XML.
type docxText struct {
	ctx    context.Context
	most   int64 // maximum number of bytes of text
	styles map[string]docxStyle
	lists  *docxLists
	notes  map[string]content.Marked // by kind and id

	archive *archive.Archive
	related []relationship // of the part that is read

	out      content.Builder
	headings []content.Heading
	hidden   []content.Span
	leads    []content.Lead
	warnings []string
	skipped  map[string]int // number of things left out, by kind, such as "comment"

	looks      docxLooks
	frames     []*docxFrameText // the document, and the open boxes and notes, the innermost last
	paragraphs []*docxParagraph // the open ones, the innermost last
	numbers    map[string]int   // number of notes referred to so far, by kind
	pending    []content.Marked // notes to be written below the current paragraph or table
	font       string           // font of the current run
	before     string           // written before the next text, such as "^"
}

// docxFrameText is something with paragraphs and tables of its own: the document,
// a text box or a note.
type docxFrameText struct {
	name   string // kind and id of a note, such as "footnote3"
	blocks []content.Marked
	tables int // number of open tables, one inside another
	grid   table.Grid
	row    table.Row
	cell   table.Cell
	text   content.MarkedBuilder // text of the current cell
}

// docxParagraph is a paragraph that is being read.
type docxParagraph struct {
	text  content.MarkedBuilder
	level int // level of the heading, from 1; 0 if it is no heading
	style string
	list  string // the list that numbers it; empty if its style says
	depth int    // level in the list, from 0; -1 if its style says
	boxes []content.Marked
}

func (d *docxText) walk(tokens *xml.Decoder) error {
	d.frames = []*docxFrameText{{}}
	inText := false
	return xmltext.EachToken(d.ctx, tokens, func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "del", "moveFrom", "Fallback", "instrText", "delText",
				"pPrChange", "rPrChange", "tblPrChange", "tcPrChange": // earlier properties, kept by change tracking
				return tokens.Skip()
			case "t":
				inText = true
			default:
				d.start(t)
			}
		case xml.EndElement:
			if t.Name.Local == "t" {
				inText = false
			}
			return d.end(t.Name.Local)
		case xml.CharData:
			if inText {
				d.write(content.NormaliseNewlines(string(t)))
			}
		}
		return nil
	})
}

func (d *docxText) start(t xml.StartElement) {
	d.looks.start(t, d.styles)
	f := d.frames[len(d.frames)-1]
	switch t.Name.Local {
	case "p":
		d.paragraphs = append(d.paragraphs, &docxParagraph{depth: -1})
	case "r":
		d.font = ""
	case "rFonts":
		d.font = xmltext.Attribute(t, "ascii")
	case "pStyle":
		if p := d.paragraph(); p != nil {
			p.style, p.level = xmltext.Attribute(t, "val"), d.styles[xmltext.Attribute(t, "val")].level
		}
	case "outlineLvl":
		if p := d.paragraph(); p != nil {
			p.level = outlineLevel(xmltext.Attribute(t, "val"))
		}
	case "numId":
		if p := d.paragraph(); p != nil {
			p.list = xmltext.Attribute(t, "val")
		}
	case "ilvl":
		if p := d.paragraph(); p != nil {
			p.depth = xmltext.Int(xmltext.Attribute(t, "val"))
		}
	case "tab", "ptab":
		if d.looks.top().inRun {
			d.write("\t")
		}
	case "vertAlign":
		if p := d.paragraph(); p != nil && xmltext.Attribute(t, "val") == "superscript" && content.EndsInDigit(p.text.String()) {
			d.before = "^"
		}
	case "br", "cr":
		d.write("\n")
	case "noBreakHyphen":
		d.write("-")
	case "sym":
		d.symbol(xmltext.Attribute(t, "font"), xmltext.Attribute(t, "char"))
	case "textpath": // WordArt
		d.write(xmltext.Attribute(t, "string"))
	case "den":
		d.before = "/"
	case "sup":
		d.before = "^"
	case "sub":
		d.before = "_"
	case "footnoteReference", "endnoteReference":
		d.refer(strings.TrimSuffix(t.Name.Local, "Reference"), xmltext.Attribute(t, "id"))
	case "txbxContent":
		d.frames = append(d.frames, &docxFrameText{})
	case "footnote", "endnote":
		name := t.Name.Local + xmltext.Attribute(t, "id")
		if kind := xmltext.Attribute(t, "type"); strings.HasSuffix(strings.ToLower(kind), "separator") {
			name = ""
		}
		d.frames = append(d.frames, &docxFrameText{name: name})
	case "altChunk":
		d.skipped["altChunk part"]++
	case "chart":
		d.chart(relationOf(t))
	case "relIds":
		d.skipped["diagram"]++
	case "OLEObject":
		d.skipped["embedded object"]++
	default:
		f.startTable(t)
	}
}

func (d *docxText) end(name string) error {
	defer d.looks.end(name)
	if name != "rPr" && name != "vertAlign" {
		d.before = ""
	}
	f := d.frames[len(d.frames)-1]
	switch name {
	case "p":
		return d.endParagraph()
	case "txbxContent", "footnote", "endnote":
		if len(d.frames) == 1 {
			return nil
		}
		d.frames = d.frames[:len(d.frames)-1]
		d.endFrame(name, f)
	case "tc":
		f.endCell()
	case "tr":
		f.endRow()
	case "tbl":
		return d.endTable(f)
	case "body":
		d.flushNotes()
	}
	return nil
}

// paragraph returns the innermost open paragraph, or nil.
func (d *docxText) paragraph() *docxParagraph {
	if len(d.paragraphs) == 0 {
		return nil
	}
	return d.paragraphs[len(d.paragraphs)-1]
}

func (d *docxText) write(s string) {
	p := d.paragraph()
	if p == nil || s == "" {
		return
	}
	if strings.ContainsFunc(s, isPrivate) {
		s = d.symbols(s)
	}
	if d.before == "^" && !strings.ContainsRune("0123456789-−+", []rune(s)[0]) {
		d.before = "" // not a power: the th of 10th
	}
	p.text.Add(d.before+s, d.looks.hide())
	d.before = ""
}

func (d *docxText) endParagraph() error {
	p := d.paragraph()
	if p == nil {
		return nil
	}
	d.paragraphs = d.paragraphs[:len(d.paragraphs)-1]
	f := d.frames[len(d.frames)-1]
	text := d.numbered(p, p.text.Take().Trimmed())
	if f.tables > 0 {
		for _, part := range append([]content.Marked{text}, p.boxes...) {
			f.text.Join(part)
			f.text.Add(" ", false)
		}
		return nil
	}
	if text.Text != "" {
		if p.level > 0 && len(d.frames) == 1 {
			d.headings = append(d.headings, content.Heading{Start: d.out.Runes(), Level: p.level, Text: content.Name(text.Text)})
		}
		d.block(text)
	}
	for _, box := range p.boxes {
		d.block(box)
	}
	d.flushNotes()
	if int64(d.out.Len()) > d.most {
		return content.TooLarge(d.most)
	}
	return nil
}

// chart adds a chart to the paragraph that it is anchored in, as a text box is added.
func (d *docxText) chart(id string) {
	p := d.paragraph()
	lines, _, err := relatedChart(d.archive, d.related, id, d.most)
	if err != nil || p == nil {
		d.skipped["chart"]++
		return
	}
	var text content.MarkedBuilder
	for i, line := range lines {
		if i > 0 {
			text.Add("\n", false)
		}
		text.Join(line)
	}
	if len(lines) > 0 {
		p.boxes = append(p.boxes, text.Take())
	}
}

// numbered returns the text of a paragraph with the number that Word prints before
// it. A paragraph without text gets no number but is counted, too.
func (d *docxText) numbered(p *docxParagraph, text content.Marked) content.Marked {
	list, depth := p.list, p.depth
	style := d.styles[p.style]
	if list == "" {
		list = style.list
	}
	if depth < 0 {
		depth = d.lists.levelOf(list, p.style, style.depth)
	}
	label := d.lists.next(list, depth)
	if label == "" || text.Text == "" {
		return text
	}
	var out content.MarkedBuilder
	out.Add(label+" ", len(text.Hidden) == 1 && text.Hidden[0].Len() == len([]rune(text.Text)))
	out.Join(text)
	return out.Take()
}

// block writes a paragraph, or adds it to the text box or note that it is in.
func (d *docxText) block(m content.Marked) {
	if f := d.frames[len(d.frames)-1]; len(d.frames) > 1 {
		f.blocks = append(f.blocks, m)
		return
	}
	d.put(m)
	d.out.Add("\n\n")
}

func (d *docxText) put(m content.Marked) {
	for _, h := range m.Hidden {
		d.hidden = append(d.hidden, content.Span{Start: h.Start + d.out.Runes(), End: h.End + d.out.Runes()})
	}
	d.out.Add(m.Text)
}
