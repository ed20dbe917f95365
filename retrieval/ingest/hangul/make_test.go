package hangul

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/filetest"
)

// compoundFile is a compound file (MS-CFB, version 3) of streams in storages,
// given as name, content, ... in the order of the file. Streams are filled up
// with zeros to where no small ones are kept apart.
func compoundFile(parts ...string) []byte {
	const sector, free, end, fatSector, none = 512, 0xffffffff, 0xfffffffe, 0xfffffffd, 0xffffffff
	type entry struct {
		name               string
		kind               byte
		right, child, from uint32
		data               []byte
	}
	entries := []entry{{name: "Root Entry", kind: 5, right: none, child: none, from: end}}
	last := map[int]int{} // the last entry of a storage
	add := func(storage int, e entry) int {
		e.right, e.child = none, none
		entries = append(entries, e)
		n := len(entries) - 1
		if before, ok := last[storage]; ok {
			entries[before].right = uint32(n)
		} else {
			entries[storage].child = uint32(n)
		}
		last[storage] = n
		return n
	}
	storages := map[string]int{"": 0}
	for i := 0; i < len(parts); i += 2 {
		storage, name, ok := strings.Cut(parts[i], "/")
		if !ok {
			storage, name = "", storage
		}
		if _, ok := storages[storage]; !ok {
			storages[storage] = add(0, entry{name: storage, kind: 1})
		}
		add(storages[storage], entry{name: name, kind: 2, data: append([]byte(parts[i+1]), make([]byte, max(0, 4096-len(parts[i+1])))...)})
	}
	directory := (len(entries) + 3) / 4
	var streams [][]byte
	next := 1 + directory // behind one sector of the table
	fat := []uint32{fatSector}
	chain := func(n int) {
		for i := range n {
			if i+1 < n {
				fat = append(fat, uint32(len(fat)+1))
			} else {
				fat = append(fat, end)
			}
		}
	}
	chain(directory)
	for i := range entries {
		if entries[i].kind != 2 {
			continue
		}
		n := (len(entries[i].data) + sector - 1) / sector
		entries[i].from = uint32(next)
		next += n
		chain(n)
		streams = append(streams, append(slices.Clone(entries[i].data), make([]byte, n*sector-len(entries[i].data))...))
	}
	for len(fat) < sector/4 {
		fat = append(fat, free)
	}
	var b bytes.Buffer
	le := func(v any) { _ = binary.Write(&b, binary.LittleEndian, v) } // a buffer takes all
	b.WriteString(archive.CompoundMagic)
	b.Write(make([]byte, 16))
	le([]uint16{0x3e, 3, 0xfffe, 9, 6, 0, 0, 0})
	le([]uint32{0, 1, 1, 0, 4096, end, 0, end, 0, 0})
	for range 109 - 1 {
		le(uint32(free))
	}
	le(fat[:sector/4])
	for i := range directory * 4 {
		var e entry
		if i < len(entries) {
			e = entries[i]
		} else {
			e = entry{right: none, child: none}
		}
		name := filetest.UTF16(binary.LittleEndian, e.name)
		b.WriteString(name + strings.Repeat("\x00", 64-len(name)))
		size := uint16(0)
		if e.name != "" {
			size = uint16(len(name) + 2)
		}
		le(size)
		b.Write([]byte{e.kind, 1})
		le([]uint32{none, e.right, e.child})
		b.Write(make([]byte, 36))
		le([]uint32{e.from, uint32(len(e.data)), 0})
	}
	for _, s := range streams {
		b.Write(s)
	}
	return b.Bytes()
}

// endlessDirectory is a compound file whose directory goes on into itself.
func endlessDirectory() string {
	raw := compoundFile("FileHeader", "x")
	binary.LittleEndian.PutUint32(raw[512+4:], 1)
	return string(raw)
}

// record is one of HWP 5.
func record(tag, level int, data ...any) string {
	var b bytes.Buffer
	for _, d := range data {
		switch d := d.(type) {
		case string:
			b.WriteString(d)
		default:
			_ = binary.Write(&b, binary.LittleEndian, d) // a buffer takes all
		}
	}
	head := binary.LittleEndian.AppendUint32(nil, uint32(tag|level<<10|min(b.Len(), 0xfff)<<20))
	if b.Len() >= 0xfff {
		head = binary.LittleEndian.AppendUint32(head, uint32(b.Len()))
	}
	return string(head) + b.String()
}

func hangulPara(level, shape int, text string, shapes ...uint32) string {
	out := record(hwpParaHeader, level, uint32(len(text)), uint32(0), uint16(shape), uint8(0), uint8(0), uint16(1)) +
		record(hwpParaText, level+1, filetest.UTF16(binary.LittleEndian, text+"\r"))
	if len(shapes) > 0 {
		out += record(hwpParaShapes, level+1, shapes)
	}
	return out
}

func hangulControl(level int, id string, more ...any) string {
	return record(hwpControl, level, append([]any{string([]byte{id[3], id[2], id[1], id[0]})}, more...)...)
}

func hangulCell(level int, row, column, across, down int, text string) string {
	return record(hwpList, level, uint32(1), uint32(0), uint16(column), uint16(row), uint16(across), uint16(down), make([]byte, 18)) + hangulPara(level, 0, text)
}

func hangulInfo() string {
	level := func(format int, text string) []any {
		return []any{uint32(format << 5), make([]byte, 8), uint16(len([]rune(text))), filetest.UTF16(binary.LittleEndian, text)}
	}
	var levels []any
	for _, l := range [][]any{level(0, "제^1조"), level(8, "^2."), level(0, "^3)"), level(0, ""), level(0, ""), level(0, ""), level(0, "")} {
		levels = append(levels, l...)
	}
	shape := func(heading, depth, list int) string {
		return record(hwpParaShape, 0, uint32(heading<<23|depth<<25), make([]byte, 26), uint16(list))
	}
	letters := func(colour uint32) string {
		return record(hwpCharShape, 0, make([]byte, 52), colour, uint32(0), uint32(0xffffffff))
	}
	return record(hwpNumbering, 0, levels...) + letters(0) + letters(0xffffff) + shape(0, 0, 0) + shape(1, 0, 0) + shape(2, 0, 1) + shape(2, 1, 1) + shape(3, 0, 0)
}

func hangulBody() string {
	return hangulPara(0, 1, "출장 규정") + hangulControl(1, "secd", make([]byte, 14), uint16(0)) +
		hangulPara(0, 2, "(목적) 이 규정은") + hangulPara(0, 2, "(일비) 다음과 같다.") + hangulControl(1, "fn  ") + record(hwpList, 2, uint32(1), uint32(0)) + hangulPara(2, 0, "계약직은 3일만 준다.") +
		hangulPara(0, 3, "국내") + hangulPara(0, 3, "국외") + hangulPara(0, 4, "알림") +
		hangulPara(0, 0, "표는 다음과 같다. \x0b\x00\x00\x00\x00\x00\x00\x0b끝") + hangulControl(1, "tbl ") + record(hwpTable, 2, uint32(4), uint16(3), uint16(3)) +
		hangulCell(2, 0, 0, 1, 1, "직급") + hangulCell(2, 0, 1, 1, 1, "항목") + hangulCell(2, 0, 2, 1, 1, "한도") +
		hangulCell(2, 1, 0, 1, 2, "부장") + hangulCell(2, 1, 1, 1, 1, "숙박") + hangulCell(2, 1, 2, 1, 1, "20만 원") +
		hangulCell(2, 2, 1, 1, 1, "식비") + hangulCell(2, 2, 2, 1, 1, "4만 원") +
		hangulPara(0, 0, "보이는 숨은 글", 0, 0, 4, 1) + hangulControl(1, "gso ") + record(76, 2, make([]byte, 8)) + record(hwpList, 3, uint32(1), uint32(0)) + hangulPara(3, 0, "글상자") +
		hangulPara(0, 0, "끝.") + hangulControl(1, "tcmt") + record(hwpList, 2, uint32(1), uint32(0)) + hangulPara(2, 0, "설명")
}

// hangulSummary is a set of properties with a title.
func hangulSummary(title string) string {
	le := func(n ...uint32) string {
		var b []byte
		for _, v := range n {
			b = binary.LittleEndian.AppendUint32(b, v)
		}
		return string(b)
	}
	return strings.Repeat("\x00", 24) + le(1) + strings.Repeat("\x00", 16) + le(48, 60, 1, 2, 16, 0x1f, uint32(len([]rune(title))+1)) + filetest.UTF16(binary.LittleEndian, title+"\x00")
}

// hangulFile is a document of HWP 5 with those flags and sections.
func hangulFile(tb testing.TB, flags uint32, sections ...string) []byte {
	tb.Helper()
	pack := func(s string) string {
		if flags&1 == 0 {
			return s
		}
		var b bytes.Buffer
		w, err := flate.NewWriter(&b, flate.BestSpeed)
		if err == nil {
			_, err = w.Write([]byte(s))
		}
		if err = errors.Join(err, w.Close()); err != nil {
			tb.Fatal(err)
		}
		return b.String()
	}
	header := "HWP Document File" + strings.Repeat("\x00", 15) + "\x00\x03\x00\x05" + string(binary.LittleEndian.AppendUint32(nil, flags)) + strings.Repeat("\x00", 216)
	parts := []string{"DocInfo", pack(hangulInfo())} // shorter names go first
	for i, s := range sections {
		parts = append(parts, fmt.Sprintf("BodyText/Section%d", i), pack(s))
	}
	parts = append(parts, "FileHeader", header)
	if flags&1 != 0 {
		parts = append(parts, "\x05HwpSummaryInformation", hangulSummary("여비 규정"))
	}
	return compoundFile(parts...)
}

const openHeader = `<head xmlns:hh="h" xmlns:hc="c"><hh:refList>
<hh:charProperties><hh:charPr id="0" textColor="#000000" shadeColor="none"/><hh:charPr id="1" textColor="#FFFFFF" shadeColor="none"/></hh:charProperties>
<hh:numberings><hh:numbering id="1"><hh:paraHead start="1" level="1" numFormat="DIGIT">제^1조</hh:paraHead><hh:paraHead start="1" level="2" numFormat="HANGUL_SYLLABLE">^2.</hh:paraHead></hh:numbering></hh:numberings>
<hh:paraProperties><hh:paraPr id="0"><hh:heading type="NONE" idRef="0" level="0"/></hh:paraPr><hh:paraPr id="1"><hh:heading type="OUTLINE" idRef="0" level="0"/></hh:paraPr>
<hh:paraPr id="2"><hh:heading type="NUMBER" idRef="1" level="0"/></hh:paraPr><hh:paraPr id="3"><hh:heading type="NUMBER" idRef="1" level="1"/></hh:paraPr><hh:paraPr id="4"><hh:heading type="BULLET" idRef="1" level="0"/></hh:paraPr></hh:paraProperties></hh:refList></head>`

func openPara(shape int, inner string) string {
	return fmt.Sprintf(`<hp:p paraPrIDRef="%d"><hp:run charPrIDRef="0">%s</hp:run></hp:p>`, shape, inner)
}

func openText(text string) string { return `<hp:t>` + text + `</hp:t>` }

func openCell(across, down int, text string) string {
	return `<hp:tc header="0"><hp:subList>` + openPara(0, openText(text)) + fmt.Sprintf(`</hp:subList><hp:cellSpan colSpan="%d" rowSpan="%d"/></hp:tc>`, across, down)
}

var openSection = `<hs:sec xmlns:hs="s" xmlns:hp="p">` +
	openPara(1, `<hp:secPr outlineShapeIDRef="0"><hp:pagePr/></hp:secPr>`+openText("출장 규정")) + openPara(2, openText("(목적) 이 규정은")) +
	openPara(2, openText("(일비) 다음과 같다.")+`<hp:ctrl><hp:footNote number="1"><hp:subList>`+openPara(0, openText("계약직은 3일만 준다."))+`</hp:subList></hp:footNote></hp:ctrl>`) +
	openPara(3, openText("국내")) + openPara(3, openText("국<hp:insertBegin/>외<hp:insertEnd/><hp:deleteBegin/>지운 글<hp:deleteEnd/>")) + openPara(4, openText("알림")) +
	openPara(0, openText("표는 다음과 같다. ")+`<hp:tbl><hp:tr>`+openCell(1, 1, "직급")+openCell(1, 1, "항목")+openCell(1, 1, "한도")+`</hp:tr><hp:tr>`+
		openCell(1, 2, "부장")+openCell(1, 1, "숙박")+openCell(1, 1, "20만 원")+`</hp:tr><hp:tr>`+openCell(1, 1, "식비")+openCell(1, 1, "4만 원")+`</hp:tr></hp:tbl>`+openText("끝")) +
	`<hp:p paraPrIDRef="0"><hp:run charPrIDRef="0">` + openText("보이는 ") + `</hp:run><hp:run charPrIDRef="1">` + openText("숨은 글") + `</hp:run><hp:run charPrIDRef="0"><hp:rect><hp:drawText><hp:subList>` + openPara(0, openText("글상자")) + `</hp:subList></hp:drawText></hp:rect></hp:run></hp:p>` +
	openPara(0, openText("끝.")+`<hp:ctrl><hp:hiddenComment><hp:subList>`+openPara(0, openText("설명"))+`</hp:subList></hp:hiddenComment></hp:ctrl>`) + `</hs:sec>`

// openHangul is a document of HWPX.
func openHangul(tb testing.TB, header, section string) []byte {
	tb.Helper()
	return filetest.Zip(tb, "mimetype", "application/hwp+zip",
		"META-INF/container.xml", `<container><rootfiles><rootfile full-path="Contents/content.hpf" media-type="application/hwpml-package+xml"/></rootfiles></container>`,
		"Contents/content.hpf", `<package><metadata><title/></metadata><manifest><item id="header" href="Contents/header.xml"/><item id="section0" href="Contents/section0.xml"/></manifest><spine><itemref idref="header"/><itemref idref="section0"/></spine></package>`,
		"Contents/header.xml", header, "Contents/section0.xml", section)
}
