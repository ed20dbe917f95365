package archive

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/xmltext"
)

// ErrOldOffice is the error for a file in the binary format of Office 97.
var ErrOldOffice = retrieval.Because(retrieval.CauseOldFormat, "a file of an old Office under a new name: save it as .docx, .xlsx or .pptx")

// CompoundMagic holds the first bytes of each compound file (MS-CFB).
const CompoundMagic = "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

// Archive is an open document. There is a limit for the unpacked size of all parts
// that are read, because a small archive can hold gigabytes.
type Archive struct {
	parts map[string]*zip.File // by name, as charset.FileName writes it
	left  int64                // number of bytes that may still be unpacked
	most  int64                // number of bytes that may be unpacked in all
}

// Open opens a document. Its parts may be unpacked up to maxBytes in all. The error
// wraps content.ErrEncrypted, ErrOldOffice or content.ErrDamaged.
func Open(raw []byte, maxBytes int64) (*Archive, error) {
	// A document that Office encrypted is a compound file instead of a zip file. It
	// has a part named EncryptedPackage, here in UTF-16.
	if bytes.HasPrefix(raw, []byte(CompoundMagic)) {
		if bytes.Contains(raw, []byte("E\x00n\x00c\x00r\x00y\x00p\x00t\x00e\x00d\x00P\x00a\x00c\x00k\x00a\x00g\x00e\x00")) {
			return nil, content.ErrEncrypted
		}
		return nil, ErrOldOffice
	}
	r, err := zip.NewReader(bytes.NewReader(raw), int64(len(raw)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", content.ErrDamaged, err)
	}
	a := &Archive{parts: map[string]*zip.File{}, left: maxBytes, most: maxBytes}
	for _, f := range r.File {
		name := charset.FileName(f.Name)
		if _, twice := a.parts[name]; !twice {
			a.parts[name] = f
		}
	}
	return a, nil
}

// MaxBytes returns the number of bytes that may be unpacked.
func (a *Archive) MaxBytes() int64 { return a.most }

// Has reports whether the document has a part of that name.
func (a *Archive) Has(name string) bool { return a.parts[charset.FileName(name)] != nil }

// Read unpacks a part. The error wraps content.ErrDamaged, content.ErrEncrypted or
// content.ErrTooLarge.
func (a *Archive) Read(name string) ([]byte, error) {
	f := a.parts[charset.FileName(name)]
	if f == nil {
		return nil, fmt.Errorf("%w: it has no %s", content.ErrDamaged, name)
	}
	if f.Flags&1 != 0 {
		return nil, content.ErrEncrypted
	}
	in, err := f.Open()
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", content.ErrDamaged, name, err)
	}
	defer in.Close()
	raw, err := io.ReadAll(io.LimitReader(in, a.left+1))
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", content.ErrDamaged, name, err)
	}
	if a.left -= int64(len(raw)); a.left < 0 {
		return nil, fmt.Errorf("unpacked it is %w", content.TooLarge(a.most))
	}
	return raw, nil
}

// DecodeXML unpacks a part and decodes its XML into a struct, as package
// encoding/xml does.
func (a *Archive) DecodeXML(name string, into any) error {
	raw, err := a.Read(name)
	if err != nil {
		return err
	}
	d, err := xmltext.NewDecoder(raw)
	if err == nil {
		err = d.Decode(into)
	}
	if err != nil {
		return fmt.Errorf("%w: %s: %w", content.ErrDamaged, name, err)
	}
	return nil
}

// Below returns the name of the part that a reference in a part points to. The
// reference is relative to the folder of the part, or absolute if it begins with a
// slash.
func Below(part, reference string) string {
	if strings.HasPrefix(reference, "/") {
		return strings.TrimPrefix(path.Clean(reference), "/")
	}
	return strings.TrimPrefix(path.Join(path.Dir(part), reference), "/")
}
