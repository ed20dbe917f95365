package office

import (
	"strconv"
	"strings"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/numbering"
)

// endFrame adds a text box to the paragraph that it is in, or keeps a note for the
// paragraph that will refer to it.
func (d *docxText) endFrame(name string, f *docxFrameText) {
	separator := "\n"
	if name != "txbxContent" {
		separator = " "
	}
	var text content.MarkedBuilder
	for i, b := range f.blocks {
		if i > 0 {
			text.Add(separator, false)
		}
		text.Join(b)
	}
	whole := text.Take()
	p := d.paragraph()
	switch {
	case name != "txbxContent":
		if f.name != "" {
			d.notes[f.name] = whole
		}
	case whole.Text == "":
	case p != nil:
		p.boxes = append(p.boxes, whole)
	default:
		d.block(whole)
	}
}

// refer queues the text of a note that the current paragraph refers to, so that it
// is written below the paragraph.
func (d *docxText) refer(kind, id string) {
	note, ok := d.notes[kind+id]
	if !ok || note.Text == "" {
		return
	}
	if d.numbers == nil {
		d.numbers = map[string]int{}
	}
	d.numbers[kind]++
	number := strconv.Itoa(d.numbers[kind])
	if kind == "endnote" {
		number = strings.ToLower(numbering.Roman(d.numbers[kind]))
	}
	var text content.MarkedBuilder
	text.Add(number+") ", false)
	text.Join(note)
	d.pending = append(d.pending, text.Take())
}

// flushNotes writes the queued notes below the current paragraph or table. Inside
// a frame or a table it does nothing: notes wait until the whole of it is written.
func (d *docxText) flushNotes() {
	if len(d.frames) > 1 || d.frames[0].tables > 0 {
		return
	}
	for _, note := range d.pending {
		d.block(note)
	}
	d.pending = nil
}
