package ingest

import (
	"strconv"
	"strings"
)

// endFrame hands a text box to the paragraph that it is in, and keeps a note
// for the one that refers to it.
func (d *docxText) endFrame(name string, f *docxFrameText) {
	separator := "\n"
	if name != "txbxContent" {
		separator = " "
	}
	var text markedText
	for i, b := range f.blocks {
		if i > 0 {
			text.add(separator, false)
		}
		text.join(b)
	}
	whole := text.take()
	p := d.paragraph()
	switch {
	case name != "txbxContent":
		if f.name != "" {
			d.notes[f.name] = whole
		}
	case whole.text == "":
	case p != nil:
		p.boxes = append(p.boxes, whole)
	default:
		d.block(whole)
	}
}

// refer notes that the paragraph at hand refers to a note, whose text is to
// stand below it.
func (d *docxText) refer(kind, id string) {
	note, ok := d.notes[kind+id]
	if !ok || note.text == "" {
		return
	}
	if d.numbers == nil {
		d.numbers = map[string]int{}
	}
	d.numbers[kind]++
	number := strconv.Itoa(d.numbers[kind])
	if kind == "endnote" {
		number = strings.ToLower(roman(d.numbers[kind]))
	}
	var text markedText
	text.add(number+") ", false)
	text.join(note)
	d.pending = append(d.pending, text.take())
}

// flushNotes writes the notes that the block before refers to, unless that is
// in a frame or a table, which comes first.
func (d *docxText) flushNotes() {
	if len(d.frames) > 1 || d.frames[0].tables > 0 {
		return
	}
	for _, note := range d.pending {
		d.block(note)
	}
	d.pending = nil
}
