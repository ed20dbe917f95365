package ingest

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
)

var (
	errEncrypted = errors.New("encrypted: save a copy without a password")
	errOldOffice = errors.New("a file of an old Office under a new name: save it as .docx, .xlsx or .pptx")
	errDamaged   = errors.New("damaged, or not of the type that its name says")
)

// compoundMagic begins a compound file (MS-CFB).
const compoundMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// archive is a document format that is a zip file of parts. The parts read
// may have so many bytes together, unpacked: a small archive can hold
// gigabytes.
type archive struct {
	parts map[string]*zip.File // by their names as nameOf writes them
	names []string             // of the parts, in the order of the file
	left  int64                // bytes that may still be unpacked
	most  int64
}

func openArchive(raw []byte, maxBytes int64) (*archive, error) {
	// What Office encrypts is no zip file any more, but a compound file with a
	// part of that name.
	if bytes.HasPrefix(raw, []byte(compoundMagic)) {
		if bytes.Contains(raw, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return nil, errEncrypted
		}
		return nil, errOldOffice
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	a := &archive{parts: map[string]*zip.File{}, left: maxBytes, most: maxBytes}
	for _, f := range r.File {
		name := nameOf(f.Name)
		if _, twice := a.parts[name]; !twice {
			a.parts[name] = f
			a.names = append(a.names, name)
		}
	}
	return a, nil
}

func (a *archive) has(name string) bool { return a.parts[nameOf(name)] != nil }

// read unpacks a part.
func (a *archive) read(name string) ([]byte, error) {
	f := a.parts[nameOf(name)]
	if f == nil {
		return nil, fmt.Errorf("%w: it has no %s", errDamaged, name)
	}
	if f.Flags&1 != 0 {
		return nil, errEncrypted
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDamaged, name, err)
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, a.left+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", errDamaged, name, err)
	}
	if a.left -= int64(len(raw)); a.left < 0 {
		return nil, fmt.Errorf("unpacked it is %w", tooLarge(a.most))
	}
	return raw, nil
}

// decodeXML reads a part into a struct.
func (a *archive) decodeXML(name string, into any) error {
	raw, err := a.read(name)
	if err != nil {
		return err
	}
	d, err := newXMLDecoder(raw)
	if err == nil {
		err = d.Decode(into)
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", errDamaged, name, err)
	}
	return nil
}

// below is the name of a part that a part refers to.
func below(part, reference string) string {
	if strings.HasPrefix(reference, "/") {
		return strings.TrimPrefix(path.Clean(reference), "/")
	}
	return strings.TrimPrefix(path.Join(path.Dir(part), reference), "/")
}
