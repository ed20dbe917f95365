package hangul

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/richardlehane/mscfb"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
)

// HWP reads a document of Hangul in its binary format (Hancom's "HWP Document File
// Formats 5.0", revision 1.3). Such a document is a compound file. Its streams,
// most of them compressed, consist of records. HWP writes the same text as HWPX,
// and also reads an HWPX file that is named .hwp. White text without a background
// is marked as hidden. Hidden comments are left out with a warning.
func HWP(ctx context.Context, raw []byte, maxBytes int64) (content.Content, error) {
	switch {
	case bytes.HasPrefix(raw, []byte("PK\x03\x04")): // HWPX in a file named .hwp
		return HWPX(ctx, raw, maxBytes)
	case bytes.HasPrefix(raw, []byte("HWP Document File")):
		return content.Content{}, errOldHangul
	case !bytes.HasPrefix(raw, []byte(archive.CompoundMagic)):
		return content.Content{}, content.ErrDamaged
	}
	f, err := openHWP(raw, maxBytes)
	if err != nil {
		return content.Content{}, err
	}
	h := newWriter(maxBytes)
	t := hwpText{ctx: ctx, h: h}
	if err := t.readDocInfo(f); err != nil {
		if errors.Is(err, content.ErrTooLarge) {
			return content.Content{}, err
		}
		h.c.Warn("its styles and numbers are left out: %v", err)
	}
	var broken error
	for _, name := range f.sections() {
		stream, err := f.stream(name)
		if err == nil {
			err = t.readSection(stream)
		}
		switch {
		case ctx.Err() != nil:
			return content.Content{}, context.Cause(ctx)
		case errors.Is(err, content.ErrTooLarge):
			return content.Content{}, err
		case err != nil:
			broken = err
			h.c.Warn("%s is left out from where it is damaged: %v", name, err)
		}
	}
	c := h.content()
	if strings.TrimSpace(c.Text) == "" && broken != nil {
		return content.Content{}, broken
	}
	c.Title = f.title()
	if c.Title == "" && len(c.Headings) > 0 {
		c.Title = c.Headings[0].Text
	}
	return c, nil
}

var errOldHangul = retrieval.Because(retrieval.CauseOldFormat, "a document of Hangul 97 or older: save it in Hangul as HWPX")

// hwpFile is an open HWP file.
type hwpFile struct {
	streams    map[string][]byte // by name, as stored in the file
	compressed bool              // the streams are compressed
	left, most int64             // bytes that may still be unpacked; limit for the file
}

// openHWP opens an HWP file and reads the streams that are used. It recovers from
// panics, because mscfb may panic on a malformed file.
func openHWP(raw []byte, maxBytes int64) (f *hwpFile, err error) {
	defer func() {
		if r := recover(); r != nil {
			f, err = nil, fmt.Errorf("%w: %v", content.ErrDamaged, r)
		}
	}()
	if n := compoundSectors(raw); n > maxDirectory {
		return nil, fmt.Errorf("%w: its directory is larger than that of any document", content.ErrDamaged)
	}
	doc, err := mscfb.New(bytes.NewReader(raw))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", content.ErrDamaged, err)
	}
	f = &hwpFile{streams: map[string][]byte{}, left: maxBytes, most: maxBytes}
	stored := int64(len(raw))
	for entry, err := doc.Next(); err == nil; entry, err = doc.Next() {
		if len(entry.Path) > 1 {
			continue
		}
		name := strings.Join(append(slices.Clone(entry.Path), entry.Name), "/") // mscfb drops the byte 5 that begins some names
		if name != "FileHeader" && name != "DocInfo" && !strings.HasPrefix(name, "BodyText/Section") && !strings.HasSuffix(name, "HwpSummaryInformation") {
			continue
		}
		stream, err := io.ReadAll(io.LimitReader(entry, min(entry.Size, stored)))
		if err != nil && len(stream) == 0 {
			return nil, fmt.Errorf("%w: %s: %w", content.ErrDamaged, name, err)
		}
		if stored -= int64(len(stream)); stored < 0 { // streams do not overlap, so together they fit the file
			return nil, content.ErrDamaged
		}
		f.streams[name] = stream
	}
	header := f.streams["FileHeader"]
	if len(header) < 40 || !bytes.HasPrefix(header, []byte("HWP Document File")) {
		return nil, fmt.Errorf("%w: it is of another program", content.ErrDamaged)
	}
	const compressed, password, distribution, rights, certificate, certificateRights = 1, 1 << 1, 1 << 2, 1 << 4, 1 << 8, 1 << 10
	flags := binary.LittleEndian.Uint32(header[36:])
	switch {
	case flags&(password|rights|certificate|certificateRights) != 0:
		return nil, content.ErrEncrypted
	case flags&distribution != 0:
		return nil, errDistribution
	}
	f.compressed = flags&compressed != 0
	return f, nil
}

// sections returns the names of the streams with the sections, in order.
func (f *hwpFile) sections() []string {
	var numbers []int
	for name := range f.streams {
		if rest, ok := strings.CutPrefix(name, "BodyText/Section"); ok {
			if n, err := strconv.Atoi(rest); err == nil {
				numbers = append(numbers, n)
			}
		}
	}
	slices.Sort(numbers)
	var names []string
	for _, n := range numbers {
		names = append(names, "BodyText/Section"+strconv.Itoa(n))
	}
	return names
}

// stream unpacks a stream. If a stream is damaged, it returns the bytes before the
// damage, or an error if there are none.
func (f *hwpFile) stream(name string) ([]byte, error) {
	raw := f.streams[name]
	if !f.compressed {
		return raw, nil
	}
	out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(raw)), f.left+1))
	if f.left -= int64(len(out)); f.left < 0 {
		return nil, fmt.Errorf("unpacked it is %w", content.TooLarge(f.most))
	}
	if err != nil && len(out) == 0 {
		return nil, fmt.Errorf("%w: %s: %w", content.ErrDamaged, name, err)
	}
	return out, nil
}

// title returns the title in the file's properties (property 2 of MS-OLEPS), or ""
// if there is none.
func (f *hwpFile) title() string {
	raw := f.streams["HwpSummaryInformation"]
	at := func(offset uint32) uint32 {
		if int64(offset)+4 > int64(len(raw)) {
			return 0
		}
		return binary.LittleEndian.Uint32(raw[offset:])
	}
	set := at(44)
	if set == 0 {
		return ""
	}
	for i := range min(at(set+4), 100) {
		if at(set+8+8*i) != 2 {
			continue
		}
		value := set + at(set+12+8*i)
		length := min(2*int64(at(value+4)), 4*content.MaxName)
		const wide = 0x1f
		if at(value) != wide || int64(value)+8+length > int64(len(raw)) {
			return ""
		}
		return content.Name(strings.TrimRight(utf16Text(raw[value+8:int64(value)+8+length]), "\x00"))
	}
	return ""
}
