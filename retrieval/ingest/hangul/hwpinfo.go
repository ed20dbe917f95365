package hangul

import (
	"strconv"

	"selfrag/retrieval/ingest/numbering"
)

// readDocInfo reads the lists, shapes and fills that paragraphs and cells refer to
// by number.
func (t *hwpText) readDocInfo(f *hwpFile) error {
	stream, err := f.stream("DocInfo")
	if err != nil {
		return err
	}
	records, err := hwpRecords(stream)
	lists := 0
	var each func(records []*hwpRecord)
	each = func(records []*hwpRecord) {
		for _, r := range records {
			switch r.tag {
			case hwpNumbering:
				lists++
				t.h.lists[strconv.Itoa(lists)] = hwpLevels(r)
			case hwpParaShape:
				t.shapes = append(t.shapes, hwpParagraphLook(r))
			case hwpCharShape:
				const white, none = 0xffffff, 0xffffffff
				shade := r.u32(60)
				t.white = append(t.white, len(r.data) >= 64 && r.u32(52) == white && (shade == none || shade == white))
			case hwpBorderFill:
				const white, none = 0xffffff, 0xffffffff
				kind, colour := r.u32(32), r.u32(36)
				t.filled = append(t.filled, kind&^1 != 0 || kind&1 != 0 && colour != white && colour != none)
			}
			each(r.below)
		}
	}
	each(records)
	return err
}

// hwpParagraphLook reads a paragraph shape: whether the paragraph is a heading,
// and which list numbers it.
func hwpParagraphLook(r *hwpRecord) hwpxParagraphLook {
	attributes := r.u32(0)
	look := hwpxParagraphLook{depth: int(attributes >> 25 & 7)}
	switch attributes >> 23 & 3 {
	case 1:
		look.outline = true
	case 2:
		look.list = strconv.Itoa(r.u16(30))
	case 3:
		look.list = bulletList
	}
	return look
}

// hwpLevels reads the seven levels of a list, and the numbers that they start
// with, which follow them in the record.
func hwpLevels(r *hwpRecord) []numbering.Level {
	var levels []numbering.Level
	at := 0
	for level := range 7 {
		attributes, length := r.u32(at), r.u16(at+12)
		at += 14
		if at+2*length > len(r.data) {
			return levels
		}
		format := "decimal"
		if n := int(attributes >> 5 & 0xf); n < len(formats) {
			format = formats[n].format
		}
		levels = numbering.SetLevel(levels, level, levelOf(1, format, utf16Text(r.data[at:at+2*length])))
		at += 2 * length
	}
	at += 2
	for level := range levels {
		if n := r.u32(at + 4*level); n > 0 && n < 1<<16 {
			levels[level].Start = int(n)
		}
	}
	return levels
}
