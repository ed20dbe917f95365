package ingest

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strconv"
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
		if d.levels, err = headingStyles(a); err != nil {
			return content{}, err
		}
	}
	switch err := d.read(ctx, document); {
	case ctx.Err() != nil:
		return content{}, context.Cause(ctx)
	case err != nil:
		return content{}, fmt.Errorf("%w: %s: %w", errDamaged, body, err)
	}
	c := content{text: d.out.String(), headings: d.headings}
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

// headingStyles are the levels of the paragraph styles that are headings.
func headingStyles(a *archive) (map[string]int, error) {
	type value struct {
		Val string `xml:"val,attr"`
	}
	var styles struct {
		Style []struct {
			ID      string `xml:"styleId,attr"`
			Name    value  `xml:"name"`
			BasedOn value  `xml:"basedOn"`
			Level   *value `xml:"pPr>outlineLvl"`
		} `xml:"style"`
	}
	if err := a.decodeXML("word/styles.xml", &styles); err != nil {
		return nil, err
	}
	levels := map[string]int{}
	for _, s := range styles.Style {
		name := strings.ToLower(s.Name.Val)
		switch rest, isHeading := strings.CutPrefix(name, "heading "); {
		case s.Level != nil:
			levels[s.ID] = outlineLevel(s.Level.Val)
		case name == "title":
			levels[s.ID] = 1
		case isHeading:
			if n, err := strconv.Atoi(rest); err == nil && n >= 1 && n <= 9 {
				levels[s.ID] = n
			}
		}
	}
	// A style of the author's own, such as one for chapters, often builds on a
	// heading.
	for _, s := range styles.Style {
		if _, ok := levels[s.ID]; !ok && levels[s.BasedOn.Val] > 0 {
			levels[s.ID] = levels[s.BasedOn.Val]
		}
	}
	return levels, nil
}

// outlineLevel reads an outline level: 0 to 8 are headings, 9 is none.
func outlineLevel(val string) int {
	if n, err := strconv.Atoi(val); err == nil && n >= 0 && n < 9 {
		return n + 1
	}
	return 0
}

// docxText collects the text of a document from its XML.
type docxText struct {
	levels map[string]int // of styles

	out       textBuilder
	headings  []heading
	paragraph strings.Builder
	level     int // of the paragraph at hand; 0: no heading
	tables    int // depth
	row       []string
	cell      strings.Builder
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
			case "del", "moveFrom", "Fallback", "instrText", "delText":
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
				d.paragraph.Write(t)
			}
		}
	}
}

func (d *docxText) start(t xml.StartElement) {
	val := func() string {
		for _, a := range t.Attr {
			if a.Name.Local == "val" {
				return a.Value
			}
		}
		return ""
	}
	switch t.Name.Local {
	case "pStyle":
		d.level = d.levels[val()]
	case "outlineLvl":
		d.level = outlineLevel(val())
	case "tab":
		d.paragraph.WriteByte('\t')
	case "br", "cr":
		d.paragraph.WriteByte('\n')
	case "noBreakHyphen":
		d.paragraph.WriteByte('-')
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
			d.row = append(d.row, collapse(d.cell.String()))
			d.cell.Reset()
		}
	case "tr":
		if line := strings.Join(d.row, " | "); d.tables == 1 && strings.Trim(line, " |") != "" {
			d.block(line, "\n")
		}
	case "tbl":
		if d.tables--; d.tables == 0 && d.out.Len() > 0 {
			d.out.write("\n")
		}
	}
}

func (d *docxText) endParagraph() {
	text := strings.TrimSpace(normaliseNewlines(d.paragraph.String()))
	level := d.level
	d.paragraph.Reset()
	d.level = 0
	switch {
	case d.tables > 0:
		d.cell.WriteString(text + " ")
	case text != "":
		start := d.block(text, "\n\n")
		if level > 0 {
			d.headings = append(d.headings, heading{start, level, named(text)})
		}
	}
}

// block writes a paragraph, or a row of a table, and tells where it begins.
func (d *docxText) block(text, end string) (start int) {
	start = d.out.runes
	d.out.write(text + end)
	return start
}
