package hangul

import (
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"selfrag/retrieval/ingest/content"
)

// Tags of records of HWP 5.
const (
	hwpBorderFill = 16 + iota + 4
	hwpCharShape
	_ // tabs
	hwpNumbering
	_ // bullets
	hwpParaShape

	hwpParaHeader = 66
	hwpParaText   = 67
	hwpParaShapes = 68 // the character shapes in a paragraph
	hwpControl    = 71
	hwpList       = 72
	hwpTable      = 77
)

// hwpRecord is a record with the records below it.
type hwpRecord struct {
	tag   int
	level int
	data  []byte
	below []*hwpRecord
}

// maxRecords is the maximum number of records in a stream. A record can take 4
// bytes in the file, and costs some 80 bytes of memory in addition to its data.
const maxRecords = 2_000_000

// hwpRecords reads the records of a stream into trees, going by their levels. If
// the last record is cut off, it returns an error together with the records before
// it.
func hwpRecords(stream []byte) ([]*hwpRecord, error) {
	root := &hwpRecord{level: -1}
	open := []*hwpRecord{root}
	for n := 0; len(stream) >= 4; n++ {
		if n == maxRecords {
			return nil, fmt.Errorf("more than %d records: %w", maxRecords, content.ErrTooLarge)
		}
		head := binary.LittleEndian.Uint32(stream)
		stream = stream[4:]
		size := int64(head >> 20)
		if size == 0xfff {
			if len(stream) < 4 {
				return root.below, fmt.Errorf("%w: a record is cut off", content.ErrDamaged)
			}
			size, stream = int64(binary.LittleEndian.Uint32(stream)), stream[4:]
		}
		if size > int64(len(stream)) {
			return root.below, fmt.Errorf("%w: a record is cut off", content.ErrDamaged)
		}
		r := &hwpRecord{tag: int(head & 0x3ff), level: int(head >> 10 & 0x3ff), data: stream[:size]}
		stream = stream[size:]
		for open[len(open)-1].level >= r.level {
			open = open[:len(open)-1]
		}
		above := open[len(open)-1]
		above.below = append(above.below, r)
		open = append(open, r)
	}
	return root.below, nil
}

// u16 returns the 16-bit number at an offset of the record, or 0 beyond its end.
func (r *hwpRecord) u16(at int) int {
	if at+2 > len(r.data) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(r.data[at:]))
}

// u32 returns the 32-bit number at an offset of the record, or 0 beyond its end.
func (r *hwpRecord) u32(at int) uint32 {
	if at+4 > len(r.data) {
		return 0
	}
	return binary.LittleEndian.Uint32(r.data[at:])
}

// utf16Text decodes little-endian UTF-16.
func utf16Text(raw []byte) string {
	units := make([]uint16, len(raw)/2)
	for i := range units {
		units[i] = binary.LittleEndian.Uint16(raw[2*i:])
	}
	return string(utf16.Decode(units))
}

// maxDirectory is the maximum number of sectors in the directory of a compound
// file. A sector has four names or more. mscfb keeps the path of each name, so the
// memory for deeply nested names grows with the square of their number.
const maxDirectory = 1000

// compoundSectors counts the sectors of the directory of a compound file. It stops
// counting at maxDirectory + 1.
func compoundSectors(raw []byte) int {
	at := func(offset int64) uint32 {
		if offset < 0 || offset+4 > int64(len(raw)) {
			return noSector
		}
		return binary.LittleEndian.Uint32(raw[offset:])
	}
	size := int64(1) << min(at(30)&0xffff, 16)
	// tables holds the numbers of the sectors of the allocation table, which links
	// sectors into chains. The first 109 are in the header, more are in sectors of
	// their own.
	var tables []uint32
	for i := range int64(109) {
		tables = append(tables, at(76+4*i))
	}
	for next, n := at(68), 0; next < noSector && n < 1<<16 && len(tables) < 1<<17; n++ {
		begin := (int64(next) + 1) * size
		for i := range size/4 - 1 {
			tables = append(tables, at(begin+4*i))
		}
		next = at(begin + size - 4)
	}
	n := 0
	for next := at(48); next < noSector && n <= maxDirectory; n++ {
		table := int64(next) / (size / 4)
		if table >= int64(len(tables)) {
			return n
		}
		next = at((int64(tables[table])+1)*size + 4*(int64(next)%(size/4)))
	}
	return n
}

// noSector is the first number that is not the number of a sector. It and higher
// numbers are special marks, such as the end of a chain.
const noSector = 0xfffffffa
