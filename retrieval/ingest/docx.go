package ingest

import (
	"context"
	"errors"
	"fmt"
)

// docx extracts a Word document (Office Open XML, ISO/IEC 29500): its
// paragraphs with the numbers that Word prints before them, apart by an empty
// line; its headings; its tables, a row a line with " | " between the cells;
// footnotes and endnotes below the paragraph that refers to them, text boxes
// below the one that they are anchored in. Comments, charts and parts of other
// formats are told. What was deleted under tracking, headers and footers are
// left out.
//
// The reader is our own since the parts needed are few: the libraries for
// Word files to be had are for writing them, or are copyleft.
func docx(ctx context.Context, raw []byte, maxBytes int64) (content, error) {
	a, err := openArchive(raw, maxBytes)
	if err != nil {
		return content{}, err
	}
	body, err := a.mainPart("word/document.xml")
	if err != nil {
		return content{}, err
	}
	document, err := a.read(body)
	if err != nil {
		return content{}, err
	}
	d := docxText{ctx: ctx, most: maxBytes, notes: map[string]marked{}, skipped: map[string]int{}}
	if err := d.readAround(a, body); err != nil {
		return content{}, err
	}
	if err := d.read(body, document); err != nil {
		return content{}, err
	}
	c := content{text: d.out.String(), headings: d.headings, hidden: d.hidden, leads: d.leads, warnings: d.warnings}
	c.tellLeftOut("", d.skipped)
	if c.title, err = a.coreTitle(); err != nil {
		c.warn("its title is unknown: %v", err)
	}
	for _, h := range c.headings {
		if c.title == "" {
			c.title = h.text
		}
	}
	return c, nil
}

// readAround reads the parts beside the text: styles, numbering and notes. One
// that is damaged is told.
func (d *docxText) readAround(a *archive, body string) error {
	all, err := a.relationships(body)
	if err != nil {
		d.warnings = warned(d.warnings, "what belongs to the text is taken by its usual names: %v", err)
	}
	parts := []struct {
		kind, usual string
		read        func(part string) error
	}{
		{"styles", "word/styles.xml", func(part string) (err error) {
			d.styles, err = docxStyles(a, part)
			return err
		}},
		{"numbering", "word/numbering.xml", func(part string) (err error) {
			d.lists, err = docxNumbering(a, part)
			return err
		}},
		{"footnotes", "word/footnotes.xml", func(part string) error { return d.readNotes(a, part) }},
		{"endnotes", "word/endnotes.xml", func(part string) error { return d.readNotes(a, part) }},
		{"comments", "word/comments.xml", func(part string) error { return d.countComments(a, part) }},
	}
	for _, p := range parts {
		for _, part := range a.related(all, p.kind, p.usual) {
			err := p.read(part)
			switch {
			case d.ctx.Err() != nil, errors.Is(err, errTooLarge), errors.Is(err, errEncrypted):
				return err
			case err != nil:
				d.warnings = warned(d.warnings, "its %s are left out: %v", p.kind, err)
			}
		}
	}
	return nil
}

// readNotes reads the texts of footnotes or endnotes.
func (d *docxText) readNotes(a *archive, part string) error {
	raw, err := a.read(part)
	if err != nil {
		return err
	}
	return d.read(part, raw)
}

func (d *docxText) countComments(a *archive, part string) error {
	var read struct {
		Comment []struct{} `xml:"comment"`
	}
	if err := a.decodeXML(part, &read); err != nil {
		return err
	}
	d.skipped["comment"] += len(read.Comment)
	return nil
}

// read reads the text of a part: that of the document, or the notes.
func (d *docxText) read(part string, raw []byte) error {
	tokens, err := newXMLDecoder(raw)
	if err == nil {
		err = d.walk(tokens)
	}
	switch {
	case d.ctx.Err() != nil:
		return context.Cause(d.ctx)
	case errors.Is(err, errTooLarge):
		return err
	case err != nil:
		return fmt.Errorf("%w: %s: %w", errDamaged, part, err)
	}
	return nil
}
