package archive

import (
	"encoding/binary"
	"errors"
	"strings"
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

func TestParts(t *testing.T) {
	raw := filetest.Zip(t, "a/b.xml", `<r><v>1</v></r>`, filetest.CP949(t, "장.xml"), "<r><v>2</v></r>", "bad.xml", "<r>", "a/b.xml", "twice")
	a, err := Open(raw, 1<<10)
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a/b.xml": "1", "장.xml": "2"} {
		var r struct {
			V string `xml:"v"`
		}
		if err := a.DecodeXML(name, &r); err != nil || r.V != want || !a.Has(name) {
			t.Errorf("%s: got %q, %v", name, r.V, err)
		}
	}
	for _, name := range []string{"bad.xml", "gone.xml"} {
		if err := a.DecodeXML(name, new(struct{})); !errors.Is(err, content.ErrDamaged) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if a.Has("gone.xml") || a.MaxBytes() != 1<<10 {
		t.Errorf("has gone.xml: %v; the limit is %d", a.Has("gone.xml"), a.MaxBytes())
	}
}

// The limit is that of all parts together.
func TestUnpackedBytesAreCounted(t *testing.T) {
	a, err := Open(filetest.Zip(t, "a", strings.Repeat("x", 600), "b", strings.Repeat("x", 600)), 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read("a"); err != nil {
		t.Errorf("the first part: %v", err)
	}
	if _, err := a.Read("b"); !errors.Is(err, content.ErrTooLarge) {
		t.Errorf("the second part: %v", err)
	}
}

func TestArchivesThatAreRefused(t *testing.T) {
	for name, tc := range map[string]struct {
		raw  string
		want error
	}{
		"encrypted by Office": {CompoundMagic + filetest.UTF16(binary.LittleEndian, "EncryptedPackage"), content.ErrEncrypted},
		"an old Office":       {CompoundMagic + "...", ErrOldOffice},
		"no archive":          {"PK\x03\x04", content.ErrDamaged},
		"nothing":             {"", content.ErrDamaged},
	} {
		if _, err := Open([]byte(tc.raw), 1000); !errors.Is(err, tc.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	sealed := filetest.Zip(t, "a", "x")
	for _, mark := range []string{"PK\x03\x04", "PK\x01\x02"} { // the flag of encryption, in both heads of the part
		at := strings.Index(string(sealed), mark) + map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8}[mark]
		sealed[at] |= 1
	}
	a, err := Open(sealed, 1000)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := a.Read("a"); !errors.Is(err, content.ErrEncrypted) {
		t.Errorf("an encrypted part: %v", err)
	}
}

func TestBelow(t *testing.T) {
	for _, tc := range []struct{ part, reference, want string }{
		{"word/document.xml", "styles.xml", "word/styles.xml"},
		{"ppt/slides/a.xml", "../notesSlides/n.xml", "ppt/notesSlides/n.xml"},
		{"word/document.xml", "/word/styles.xml", "word/styles.xml"},
		{"", "xl/workbook.xml", "xl/workbook.xml"},
		{"a.xml", "../../etc/passwd", "../../etc/passwd"}, // no part has such a name
	} {
		if got := Below(tc.part, tc.reference); got != tc.want {
			t.Errorf("%s below %s: got %q, want %q", tc.reference, tc.part, got, tc.want)
		}
	}
}
