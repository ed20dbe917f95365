package hangul

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/numbering"
)

// HWPX reads a document of Hangul in its open format (OWPML, KS X 6101), a zip file
// of XML parts. Paragraphs begin with the numbers that Hangul prints before them
// and are separated by an empty line. Each row of a table is a line, with " | "
// between its cells. Text boxes and notes follow the paragraph that they are
// anchored in. White text without a background is marked as hidden. Comments and
// memos are left out with a warning.
func HWPX(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	a, err := archive.Open(raw, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	if err := refuseSealed(a); err != nil {
		return content.Content{}, err
	}
	p, err := hwpxParts(a)
	if err != nil {
		return content.Content{}, err
	}
	h := newWriter(maxBytes)
	looks := hwpxLooks{}
	if p.header != "" {
		looks, err = readHWPXHeader(a, p.header, h)
		switch {
		case errors.Is(err, content.ErrTooLarge), errors.Is(err, content.ErrEncrypted):
			return content.Content{}, err
		case err != nil:
			h.c.Warn("its styles and numbers are left out: %v", err)
		}
	}
	var broken error
	for _, section := range p.sections {
		raw, err := a.Read(section)
		if err == nil {
			s := hwpxText{ctx: ctx, h: h, looks: looks}
			err = s.read(section, raw)
		}
		switch {
		case ctx.Err() != nil:
			return content.Content{}, context.Cause(ctx)
		case errors.Is(err, content.ErrTooLarge), errors.Is(err, content.ErrEncrypted):
			return content.Content{}, err
		case err != nil:
			broken = err
			h.c.Warn("%s is left out from where it is damaged: %v", section, err)
		}
	}
	c := h.content()
	if strings.TrimSpace(c.Text) == "" && broken != nil {
		return content.Content{}, broken
	}
	c.Title = p.title
	if c.Title == "" && len(c.Headings) > 0 {
		c.Title = c.Headings[0].Text
	}
	return c, nil
}

// refuseSealed returns content.ErrEncrypted if the manifest of the file says that
// a part is encrypted.
func refuseSealed(a *archive.Archive) error {
	const name = "META-INF/manifest.xml"
	if !a.Has(name) {
		return nil
	}
	var manifest struct {
		Entries []struct {
			Encryption []struct{} `xml:"encryption-data"`
		} `xml:"file-entry"`
	}
	if err := a.DecodeXML(name, &manifest); err != nil {
		return err
	}
	for _, e := range manifest.Entries {
		if len(e.Encryption) > 0 {
			return content.ErrEncrypted
		}
	}
	return nil
}

// hwpxPackage holds the title and the names of the parts, as the package file of
// a document lists them.
type hwpxPackage struct {
	title    string
	header   string
	sections []string // in order
}

// hwpxParts reads the package file of a document.
func hwpxParts(a *archive.Archive) (hwpxPackage, error) {
	root := "Contents/content.hpf"
	if a.Has("META-INF/container.xml") {
		var container struct {
			Roots []struct {
				Path string `xml:"full-path,attr"`
				Type string `xml:"media-type,attr"`
			} `xml:"rootfiles>rootfile"`
		}
		if err := a.DecodeXML("META-INF/container.xml", &container); err != nil {
			return hwpxPackage{}, err
		}
		for _, r := range container.Roots {
			if strings.Contains(r.Type, "hwpml-package") || strings.HasSuffix(r.Path, ".hpf") {
				root = r.Path
				break
			}
		}
	}
	var read struct {
		Title string `xml:"metadata>title"`
		Items []struct {
			ID   string `xml:"id,attr"`
			Href string `xml:"href,attr"`
		} `xml:"manifest>item"`
		Spine []struct {
			ID string `xml:"idref,attr"`
		} `xml:"spine>itemref"`
	}
	if err := a.DecodeXML(root, &read); err != nil {
		return hwpxPackage{}, err
	}
	parts := map[string]string{}
	for _, item := range read.Items {
		name := item.Href // relative to the root of the archive, not to the package file
		if !a.Has(name) {
			name = archive.Below(root, item.Href)
		}
		parts[item.ID] = name
	}
	p := hwpxPackage{title: content.Name(read.Title)}
	for _, s := range read.Spine {
		name := parts[s.ID]
		switch {
		case strings.Contains(s.ID, "header"):
			p.header = name
		case strings.Contains(s.ID, "section"):
			p.sections = append(p.sections, name)
		}
	}
	if p.header == "" && a.Has("Contents/header.xml") {
		p.header = "Contents/header.xml"
	}
	if len(p.sections) == 0 {
		return p, fmt.Errorf("%w: it names no section", content.ErrDamaged)
	}
	return p, nil
}

// hwpxParagraphLook holds the properties of a paragraph.
type hwpxParagraphLook struct {
	list    string // the list that numbers it; empty if there is none
	depth   int    // its level in the list, from 0
	outline bool   // it is a heading
}

// hwpxLooks holds the properties that paragraphs, runs and cells refer to, by
// their ids.
type hwpxLooks struct {
	paragraphs map[string]hwpxParagraphLook
	white      map[string]bool // whether the text of a run is white without a background
	filled     map[string]bool // whether a border comes with a coloured background
}

// readHWPXHeader reads the properties in the header part, and adds the lists in it
// to h.
func readHWPXHeader(a *archive.Archive, part string, h *writer) (hwpxLooks, error) {
	type head struct {
		Level  int    `xml:"level,attr"`
		Start  int    `xml:"start,attr"`
		Format string `xml:"numFormat,attr"`
		Text   string `xml:",chardata"`
	}
	var read struct {
		Lists []struct {
			ID    string `xml:"id,attr"`
			Heads []head `xml:"paraHead"`
		} `xml:"refList>numberings>numbering"`
		Paragraphs []struct {
			ID      string `xml:"id,attr"`
			Heading struct {
				Type  string `xml:"type,attr"`
				ID    string `xml:"idRef,attr"`
				Level int    `xml:"level,attr"`
			} `xml:"heading"`
		} `xml:"refList>paraProperties>paraPr"`
		Runs []struct {
			ID    string `xml:"id,attr"`
			Color string `xml:"textColor,attr"`
			Shade string `xml:"shadeColor,attr"`
		} `xml:"refList>charProperties>charPr"`
		Borders []struct {
			ID   string `xml:"id,attr"`
			Fill struct {
				Color string `xml:"faceColor,attr"`
			} `xml:"fillBrush>winBrush"`
			Gradation []struct{} `xml:"fillBrush>gradation"`
			Picture   []struct{} `xml:"fillBrush>imgBrush"`
		} `xml:"refList>borderFills>borderFill"`
	}
	looks := hwpxLooks{map[string]hwpxParagraphLook{}, map[string]bool{}, map[string]bool{}}
	if err := a.DecodeXML(part, &read); err != nil {
		return looks, err
	}
	for _, l := range read.Lists {
		var levels []numbering.Level
		for _, head := range l.Heads {
			format := "decimal"
			for _, f := range formats {
				if f.name == head.Format {
					format = f.format
				}
			}
			levels = numbering.SetLevel(levels, head.Level-1, levelOf(head.Start, format, strings.TrimSpace(head.Text)))
		}
		h.lists[l.ID] = levels
	}
	for _, p := range read.Paragraphs {
		look := hwpxParagraphLook{depth: p.Heading.Level}
		switch p.Heading.Type {
		case "OUTLINE":
			look.outline = true
		case "NUMBER":
			look.list = p.Heading.ID
		case "BULLET":
			look.list = bulletList
		}
		looks.paragraphs[p.ID] = look
	}
	plain := func(color string) bool { return color == "" || color == "none" || strings.EqualFold(color, "#FFFFFF") }
	for _, r := range read.Runs {
		looks.white[r.ID] = strings.EqualFold(r.Color, "#FFFFFF") && plain(r.Shade)
	}
	for _, b := range read.Borders {
		looks.filled[b.ID] = !plain(b.Fill.Color) || len(b.Gradation)+len(b.Picture) > 0
	}
	return looks, nil
}
