package office

import (
	"context"
	"errors"
	"fmt"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/xmltext"
)

// DOCX reads a Word document. Paragraphs begin with the numbers that Word prints
// before them and are separated by an empty line. Each row of a table is a line,
// with " | " between its cells. Footnotes and endnotes follow the paragraph that
// refers to them, and text boxes and charts the paragraph that they are anchored in.
// Charts are written as tables of the values that the file keeps of them. Hidden text
// is marked. Comments and parts in other formats are left out with a warning. Tracked deletions, headers and footers are left out without one.
func DOCX(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	a, err := archive.Open(raw, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	body, err := mainPart(a, "word/document.xml")
	if err != nil {
		return content.Content{}, err
	}
	document, err := a.Read(body)
	if err != nil {
		return content.Content{}, err
	}
	d := docxText{ctx: ctx, most: maxBytes, archive: a, notes: map[string]content.Marked{}, skipped: map[string]int{}}
	if err := d.readAround(a, body); err != nil {
		return content.Content{}, err
	}
	if err := d.read(body, document); err != nil {
		return content.Content{}, err
	}
	c := content.Content{Text: d.out.String(), Headings: d.headings, Hidden: d.hidden, Leads: d.leads, Warnings: d.warnings}
	c.WarnLeftOut("", d.skipped)
	if c.Title, err = coreTitle(a); err != nil {
		c.Warn("its title is unknown: %v", err)
	}
	for _, h := range c.Headings {
		if c.Title == "" {
			c.Title = h.Text
		}
	}
	return c, nil
}

// readAround reads the parts that belong to the text: styles, numbering, notes and
// comments. A damaged part is left out with a warning.
func (d *docxText) readAround(a *archive.Archive, body string) error {
	all, err := relationships(a, body)
	d.related = all
	if err != nil {
		d.warnings = content.AppendWarning(d.warnings, "styles, numbering and notes are looked for under their usual names: %v", err)
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
		for _, part := range related(a, all, p.kind, p.usual) {
			err := p.read(part)
			switch {
			case d.ctx.Err() != nil, errors.Is(err, content.ErrTooLarge), errors.Is(err, content.ErrEncrypted):
				return err
			case err != nil:
				d.warnings = content.AppendWarning(d.warnings, "its %s are left out: %v", p.kind, err)
			}
		}
	}
	return nil
}

// readNotes reads the texts of footnotes or endnotes.
func (d *docxText) readNotes(a *archive.Archive, part string) error {
	raw, err := a.Read(part)
	if err != nil {
		return err
	}
	return d.read(part, raw)
}

func (d *docxText) countComments(a *archive.Archive, part string) error {
	var read struct {
		Comment []struct{} `xml:"comment"`
	}
	if err := a.DecodeXML(part, &read); err != nil {
		return err
	}
	d.skipped["comment"] += len(read.Comment)
	return nil
}

// read reads the text of a part: the main document, the footnotes or the endnotes.
func (d *docxText) read(part string, raw []byte) error {
	tokens, err := xmltext.NewDecoder(raw)
	if err == nil {
		err = d.walk(tokens)
	}
	switch {
	case d.ctx.Err() != nil:
		return context.Cause(d.ctx)
	case errors.Is(err, content.ErrTooLarge):
		return err
	case err != nil:
		return fmt.Errorf("%w: %s: %w", content.ErrDamaged, part, err)
	}
	return nil
}
