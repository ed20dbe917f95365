package ingest

import (
	"context"
	"encoding/xml"
	"strings"
)

// docxText collects the text of a document from its XML.
type docxText struct {
	ctx    context.Context
	most   int64 // bytes of text
	styles map[string]docxStyle
	lists  *docxLists
	notes  map[string]marked // by kind and id

	out      textBuilder
	headings []heading
	hidden   []span
	leads    []lead
	warnings []string
	skipped  map[string]int // things by what they are

	looks      docxLooks
	frames     []*docxFrameText // the document, and the boxes and notes that we are in
	paragraphs []*docxParagraph // that we are in
	numbers    map[string]int   // notes referred to so far, by their kind
	pending    []marked         // notes to be written below what is at hand
	font       string           // of the run
	before     string           // what goes before the next text
}

// docxFrameText is the document, a text box or a note: what has paragraphs and
// tables of its own.
type docxFrameText struct {
	name   string // of a note: its kind and id
	blocks []marked
	tables int // depth
	grid   grid
	row    gridRow
	cell   gridCell
	text   markedText // of the cell
}

// docxParagraph is a paragraph at hand.
type docxParagraph struct {
	text  markedText
	level int // 0: no heading
	style string
	list  string // "" : by its style
	depth int    // in the list; -1: by its style
	boxes []marked
}

func (d *docxText) walk(tokens *xml.Decoder) error {
	d.frames = []*docxFrameText{{}}
	inText := false
	return eachToken(d.ctx, tokens, func(token xml.Token) error {
		switch t := token.(type) {
		case xml.StartElement:
			switch t.Name.Local {
			case "del", "moveFrom", "Fallback", "instrText", "delText",
				"pPrChange", "rPrChange", "tblPrChange", "tcPrChange": // what was so before
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
				d.write(normaliseNewlines(string(t)))
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
		d.font = value(t, "ascii")
	case "pStyle":
		if p := d.paragraph(); p != nil {
			p.style, p.level = value(t, "val"), d.styles[value(t, "val")].level
		}
	case "outlineLvl":
		if p := d.paragraph(); p != nil {
			p.level = outlineLevel(value(t, "val"))
		}
	case "numId":
		if p := d.paragraph(); p != nil {
			p.list = value(t, "val")
		}
	case "ilvl":
		if p := d.paragraph(); p != nil {
			p.depth = atoi(value(t, "val"))
		}
	case "tab", "ptab":
		if d.looks.top().inRun {
			d.write("\t")
		}
	case "vertAlign":
		if p := d.paragraph(); p != nil && value(t, "val") == "superscript" && endsInDigit(p.text.out.String()) {
			d.before = "^"
		}
	case "br", "cr":
		d.write("\n")
	case "noBreakHyphen":
		d.write("-")
	case "sym":
		d.symbol(value(t, "font"), value(t, "char"))
	case "textpath": // WordArt
		d.write(value(t, "string"))
	case "den":
		d.before = "/"
	case "sup":
		d.before = "^"
	case "sub":
		d.before = "_"
	case "footnoteReference", "endnoteReference":
		d.refer(strings.TrimSuffix(t.Name.Local, "Reference"), value(t, "id"))
	case "txbxContent":
		d.frames = append(d.frames, &docxFrameText{})
	case "footnote", "endnote":
		name := t.Name.Local + value(t, "id")
		if kind := value(t, "type"); strings.HasSuffix(strings.ToLower(kind), "separator") {
			name = ""
		}
		d.frames = append(d.frames, &docxFrameText{name: name})
	case "altChunk":
		d.skipped["altChunk part"]++
	case "chart":
		d.skipped["chart"]++
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
		d.before = "" // 10th is no power
	}
	p.text.add(d.before+s, d.looks.hide())
	d.before = ""
}

func (d *docxText) endParagraph() error {
	p := d.paragraph()
	if p == nil {
		return nil
	}
	d.paragraphs = d.paragraphs[:len(d.paragraphs)-1]
	f := d.frames[len(d.frames)-1]
	text := d.numbered(p, p.text.take().trimmed())
	if f.tables > 0 {
		for _, part := range append([]marked{text}, p.boxes...) {
			f.text.join(part)
			f.text.add(" ", false)
		}
		return nil
	}
	if text.text != "" {
		if p.level > 0 && len(d.frames) == 1 {
			d.headings = append(d.headings, heading{d.out.runes, p.level, named(text.text)})
		}
		d.block(text)
	}
	for _, box := range p.boxes {
		d.block(box)
	}
	d.flushNotes()
	if int64(d.out.Len()) > d.most {
		return tooLarge(d.most)
	}
	return nil
}

// numbered is the text of a paragraph below the number that Word prints before
// it. A paragraph without a text has a number, too.
func (d *docxText) numbered(p *docxParagraph, text marked) marked {
	list, depth := p.list, p.depth
	style := d.styles[p.style]
	if list == "" {
		list = style.list
	}
	if depth < 0 {
		depth = d.lists.levelOf(list, p.style, style.depth)
	}
	label := d.lists.next(list, depth)
	if label == "" || text.text == "" {
		return text
	}
	var out markedText
	out.add(label+" ", len(text.hidden) == 1 && text.hidden[0].len() == len([]rune(text.text)))
	out.join(text)
	return out.take()
}

// block writes a paragraph of its own, or keeps it for the frame that it is in.
func (d *docxText) block(m marked) {
	if f := d.frames[len(d.frames)-1]; len(d.frames) > 1 {
		f.blocks = append(f.blocks, m)
		return
	}
	d.put(m)
	d.out.write("\n\n")
}

func (d *docxText) put(m marked) {
	for _, h := range m.hidden {
		d.hidden = append(d.hidden, span{h.start + d.out.runes, h.end + d.out.runes})
	}
	d.out.write(m.text)
}
