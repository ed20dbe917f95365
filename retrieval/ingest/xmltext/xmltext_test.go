package xmltext

import (
	"context"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"selfrag/retrieval/ingest/filetest"
)

func TestEncodings(t *testing.T) {
	const page = "<p>등대는 켜진다</p>"
	for name, tc := range map[string]struct{ raw, want string }{
		"UTF-8":                       {page, "등대는 켜진다"},
		"UTF-8 with a mark":           {"\ufeff" + page, "등대는 켜진다"},
		"UTF-16 with a mark":          {"\xff\xfe" + filetest.UTF16(binary.LittleEndian, page), "등대는 켜진다"},
		"UTF-16, big endian":          {filetest.UTF16(binary.BigEndian, `<?xml version="1.0" encoding="utf-16"?>`+page), "등대는 켜진다"},
		"EUC-KR as declared":          {filetest.CP949(t, `<?xml version="1.0" encoding="euc-kr"?>`+page), "등대는 켜진다"},
		"CP949 that declares nothing": {filetest.CP949(t, page), "등대는 켜진다"},
		"UTF-8 that declares UTF-16":  {`<?xml version="1.0" encoding="utf-16"?>` + page, "등대는 켜진다"},
		"bytes that mean nothing":     {"<p>a\xffb</p>", "a\uFFFDb"},
		"an entity of HTML":           {"<p>a&nbsp;b</p>", "a\u00a0b"},
	} {
		t.Run(name, func(t *testing.T) {
			d, err := NewDecoder([]byte(tc.raw))
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if err := d.Decode(&got); err != nil || got != tc.want {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	if _, err := UTF8([]byte(`<?xml version="1.0" encoding="klingon"?><p/>`)); err == nil {
		t.Error("an unknown encoding is read")
	}
}

func TestEachToken(t *testing.T) {
	stopped, refused := errors.New("stopped by the test"), errors.New("refused by the test")
	var damaged *xml.SyntaxError
	for name, tc := range map[string]struct {
		raw  string
		ctx  func(context.Context) context.Context // nil: it does not end
		of   func(error) bool
		seen string // names of the elements that were visited
	}{
		"a whole file":  {"<a><b/>x</a>", nil, func(err error) bool { return err == nil }, "ab"},
		"an empty file": {"", nil, func(err error) bool { return err == nil }, ""},
		"a broken file": {"<a><b></a>", nil, func(err error) bool { return errors.As(err, &damaged) }, "ab"},
		"visit's error": {"<a><no/><b/></a>", nil, func(err error) bool { return errors.Is(err, refused) }, "a"},
		"an ended run":  {strings.Repeat("<a></a>", 5000), ended(stopped), func(err error) bool { return errors.Is(err, stopped) }, strings.Repeat("a", 2048)},
		"of few tokens": {"<a/>", ended(stopped), func(err error) bool { return err == nil }, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			if tc.ctx != nil {
				ctx = tc.ctx(ctx)
			}
			var seen strings.Builder
			err := EachToken(ctx, xml.NewDecoder(strings.NewReader(tc.raw)), func(token xml.Token) error {
				e, ok := token.(xml.StartElement)
				if ok && e.Name.Local == "no" {
					return refused
				}
				if ok {
					seen.WriteString(e.Name.Local)
				}
				return nil
			})
			if !tc.of(err) {
				t.Errorf("got %v", err)
			}
			if seen.String() != tc.seen {
				t.Errorf("visited %d elements, %.20q, want %d", seen.Len(), seen.String(), len(tc.seen))
			}
		})
	}
}

// ended returns what makes a context that has ended with a cause.
func ended(cause error) func(context.Context) context.Context {
	return func(ctx context.Context) context.Context {
		ctx, cancel := context.WithCancelCause(ctx)
		cancel(cause)
		return ctx
	}
}

func TestAttributes(t *testing.T) {
	e := xml.StartElement{Attr: []xml.Attr{{Name: xml.Name{Space: "w", Local: "val"}, Value: "7"}, {Name: xml.Name{Local: "on"}, Value: "off"}}}
	if got := Int(Attribute(e, "val")); got != 7 {
		t.Errorf("val is %d", got)
	}
	for value, want := range map[string]bool{"": true, "1": true, "true": true, "0": false, "false": false, "off": false} {
		if IsOn(value) != want {
			t.Errorf("%q is on: %v", value, !want)
		}
	}
	if Attribute(e, "none") != "" || Int("x") != 0 || Int("99999999999999999999") != 0 {
		t.Error("what is not there is something")
	}
}

func FuzzXMLText(f *testing.F) {
	for _, s := range []string{"<p>x</p>", "\xff\xfe<\x00", "\xfe\xff\x00<", `<?xml version="1.0" encoding="euc-kr"?><p>` + "\xb0\xa1", "\xb0\xa1"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		if text, err := UTF8(raw); err == nil && !utf8.Valid(text) {
			t.Errorf("%q gives %q", raw, text)
		}
	})
}
