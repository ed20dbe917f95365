package ingest

import (
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"

	"selfrag/retrieval"
)

// pptx extracts a presentation (Office Open XML): its slides in the order in
// which they are shown, each with its title as a heading, its texts, its
// tables and its notes. Hidden slides are marked so. Charts and comments are
// told.
func pptx(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	slides, err := slideParts(a)
	if err != nil {
		return content{}, err
	}
	var c content
	var out textBuilder
	var broken error
	left := map[string]int{}
	for i, part := range slides {
		if ctx.Err() != nil {
			return content{}, context.Cause(ctx)
		}
		s, err := readSlide(ctx, a, part, maxBytes)
		switch {
		case ctx.Err() != nil:
			return content{}, context.Cause(ctx)
		case errors.Is(err, errTooLarge), errors.Is(err, errEncrypted):
			return content{}, err
		case err != nil:
			broken = err
			c.warn("slide %d is left out: %v", i+1, err)
			continue
		}
		for kind, n := range s.left {
			left[kind] += n
		}
		if strings.TrimSpace(s.text) == "" {
			continue
		}
		begin := out.runes
		if out.Len() > 0 {
			begin += 2
		}
		out.append(&c, s.content)
		c.places = append(c.places, place{begin, map[string]any{retrieval.Slide: float64(i + 1)}})
		if s.unseen {
			c.hidden = append(c.hidden, span{begin, out.runes})
		}
		if int64(out.Len()) > maxBytes {
			return content{}, tooLarge(maxBytes)
		}
	}
	if out.Len() == 0 && broken != nil {
		return content{}, broken
	}
	c.tellLeftOut("", left)
	c.text = out.String()
	if c.title, err = a.coreTitle(); err != nil {
		c.warn("its title is unknown: %v", err)
	}
	// PowerPoint's own title of a new file says nothing.
	if low := strings.ToLower(c.title); (low == "powerpoint presentation" || low == "powerpoint 프레젠테이션" || low == "") && len(c.headings) > 0 {
		c.title = c.headings[0].text
	}
	return c, nil
}

// slideParts are the slides in their order.
func slideParts(a *archive) ([]string, error) {
	main, err := a.mainPart("ppt/presentation.xml")
	if err != nil {
		return nil, err
	}
	var read struct {
		Slides []struct {
			Attrs []xml.Attr `xml:",any,attr"` // id, and r:id
		} `xml:"sldIdLst>sldId"`
	}
	if err := a.decodeXML(main, &read); err != nil {
		return nil, err
	}
	all, err := a.relationships(main)
	if err != nil {
		return nil, err
	}
	targets := map[string]string{}
	for _, r := range all {
		if r.isOf("slide") {
			targets[r.ID] = r.Target
		}
	}
	var parts []string
	for _, s := range read.Slides {
		for _, attr := range s.Attrs {
			if target := targets[attr.Value]; target != "" && attr.Name.Local == "id" {
				parts = append(parts, target)
				break
			}
		}
	}
	return parts, nil
}

// slide is what a slide says, its notes included.
type slide struct {
	content
	unseen bool
	left   map[string]int
}

func readSlide(ctx context.Context, a *archive, part string, maxBytes int64) (slide, error) {
	s := slide{left: map[string]int{}}
	t, err := readShapes(ctx, a, part, maxBytes)
	if err != nil {
		return s, err
	}
	s.unseen = t.unseen
	for kind, n := range t.left {
		s.left[kind] += n
	}
	all, err := a.relationships(part)
	if err != nil {
		return s, err
	}
	for _, r := range all {
		switch {
		case !a.has(r.Target):
		case r.isOf("diagramData"):
			d, err := a.drawing(r.Target)
			if err != nil {
				return s, err
			}
			t.blocks = append(t.blocks, slideBlock{lines: d.lines()})
			s.left["diagram"] = 0
		case r.isOf("notesSlide"):
			notes, err := readShapes(ctx, a, r.Target, maxBytes)
			if err != nil {
				return s, err
			}
			t.blocks = append(t.blocks, notes.blocks...)
		case r.isOf("comments"):
			s.left["comment"]++
		}
	}
	s.content = t.content()
	return s, nil
}

// slideBlock is the lines of a shape or a table.
type slideBlock struct {
	lines   []marked
	title   bool
	headers int // of a table: lines that are said again
}

// slideText collects the shapes of a slide.
type slideText struct {
	ctx    context.Context
	most   int64
	unseen bool
	blocks []slideBlock
	left   map[string]int

	shape     slideBlock
	skip      bool // the shape is a date, a footer or a number
	paragraph strings.Builder
	tables    int
	grid      grid
	row       gridRow
	cell      gridCell
	cellText  strings.Builder
}

func readShapes(ctx context.Context, a *archive, part string, maxBytes int64) (*slideText, error) {
	raw, err := a.read(part)
	if err != nil {
		return nil, err
	}
	t := &slideText{ctx: ctx, most: maxBytes, left: map[string]int{}}
	tokens, err := newXMLDecoder(raw)
	if err == nil {
		err = t.walk(tokens)
	}
	if err != nil && !errors.Is(err, errTooLarge) {
		err = fmt.Errorf("%w: %s: %w", errDamaged, part, err)
	}
	return t, err
}

func (t *slideText) walk(tokens *xml.Decoder) error {
	inText, n := false, 0
	for {
		token, err := tokens.Token()
		if n++; n%4096 == 0 && t.ctx.Err() != nil {
			return context.Cause(t.ctx)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		switch token := token.(type) {
		case xml.StartElement:
			if token.Name.Local == "Fallback" {
				if err := tokens.Skip(); err != nil {
					return err
				}
				continue
			}
			inText = token.Name.Local == "t"
			t.start(token)
		case xml.CharData:
			if inText {
				t.paragraph.WriteString(normaliseNewlines(string(token)))
			}
		case xml.EndElement:
			inText = false
			if err := t.end(token.Name.Local); err != nil {
				return err
			}
		}
	}
}

func (t *slideText) start(e xml.StartElement) {
	switch e.Name.Local {
	case "sld":
		if show := value(e, "show"); show != "" {
			t.unseen = !on(show)
		}
	case "sp":
		t.shape, t.skip = slideBlock{}, false
	case "ph":
		switch value(e, "type") {
		case "title", "ctrTitle":
			t.shape.title = true
		case "dt", "ftr", "sldNum", "hdr":
			t.skip = true
		}
	case "br":
		t.paragraph.WriteString("\n")
	case "tab":
		t.paragraph.WriteString("\t")
	case "tbl":
		if t.tables++; t.tables == 1 {
			t.grid = grid{}
		}
	case "tblPr":
		t.grid.firstIsHeader = on(value(e, "firstRow")) && value(e, "firstRow") != ""
	case "tr":
		t.row = gridRow{header: t.grid.firstIsHeader && len(t.grid.rows) == 0}
	case "tc":
		t.cell = gridCell{across: max(atoi(value(e, "gridSpan")), 1), down: atoi(value(e, "rowSpan"))}
		t.cell.covered = value(e, "hMerge") != "" && on(value(e, "hMerge")) || value(e, "vMerge") != "" && on(value(e, "vMerge"))
		t.cellText.Reset()
	case "chart":
		t.left["chart"]++
	case "relIds":
		t.left["diagram"]++
	case "oleObj":
		t.left["embedded object"]++
	}
}

func (t *slideText) end(name string) error {
	switch name {
	case "p":
		line := t.paragraph.String()
		t.paragraph.Reset()
		switch {
		case t.tables > 0:
			t.cellText.WriteString(line + " ")
		case strings.TrimSpace(line) != "":
			t.shape.lines = append(t.shape.lines, marked{text: strings.TrimSpace(line)})
		}
	case "sp":
		if !t.skip && len(t.shape.lines) > 0 {
			t.blocks = append(t.blocks, t.shape)
		}
		t.shape, t.skip = slideBlock{}, false
	case "tc":
		if t.tables == 1 && !t.cell.covered {
			t.cell.marked = marked{text: collapse(t.cellText.String())}
			t.row.cells = append(t.row.cells, t.cell)
		}
	case "tr":
		if t.tables == 1 {
			t.grid.rows = append(t.grid.rows, t.row)
		}
	case "tbl":
		if t.tables--; t.tables == 0 {
			lines, headers, ok := t.grid.lines(t.most)
			if !ok {
				return tooLarge(t.most)
			}
			t.blocks = append(t.blocks, slideBlock{lines: lines, headers: max(headers, 0)})
		}
	}
	return nil
}

// content puts the title first, as a heading, and the shapes below it.
func (t *slideText) content() content {
	var c content
	var out textBuilder
	for _, titles := range []bool{true, false} {
		for _, b := range t.blocks {
			if b.title != titles || len(b.lines) == 0 {
				continue
			}
			if out.Len() > 0 {
				out.write("\n\n")
			}
			l := lead{span: span{start: out.runes}}
			for i, line := range b.lines {
				if i > 0 {
					out.write("\n")
				}
				out.write(line.text)
				if i < b.headers {
					l.text += "\n" + line.text
				}
			}
			l.end = out.runes
			if b.title {
				c.headings = append(c.headings, heading{l.start, 1, named(linesText(b.lines))})
			}
			if l.text = strings.TrimPrefix(l.text, "\n"); l.text != "" {
				c.leads = append(c.leads, l)
			}
		}
	}
	c.text = out.String()
	return c
}

func linesText(lines []marked) string {
	var texts []string
	for _, line := range lines {
		texts = append(texts, line.text)
	}
	return strings.Join(texts, " ")
}
