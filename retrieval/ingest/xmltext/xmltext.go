package xmltext

import (
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/unicode"

	"selfrag/retrieval/ingest/charset"
)

// UTF8 converts an XML file to UTF-8. The first bytes or the XML declaration say
// which encoding the file is in (XML 1.0, appendix F). A file that declares nothing
// and is not valid UTF-8 is decoded as Korean. Invalid bytes become U+FFFD.
func UTF8(raw []byte) ([]byte, error) {
	var from encoding.Encoding
	switch {
	case bytes.HasPrefix(raw, []byte("\xff\xfe")), bytes.HasPrefix(raw, []byte("<\x00")):
		from = unicode.UTF16(unicode.LittleEndian, unicode.UseBOM)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")), bytes.HasPrefix(raw, []byte("\x00<")):
		from = unicode.UTF16(unicode.BigEndian, unicode.UseBOM)
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	default:
		name := declaredEncoding(raw)
		if name == "" {
			break
		}
		var err error
		if from, err = htmlindex.Get(name); err != nil {
			return nil, fmt.Errorf("in an unknown encoding, %q", name)
		}
		if canonical, err := htmlindex.Name(from); err == nil && (canonical == "utf-8" || canonical == "utf-16le" || canonical == "utf-16be") {
			from = nil // the declaration could be read as ASCII, so the file is not in UTF-16, whatever it declares
		}
	}
	if from != nil {
		return from.NewDecoder().Bytes(raw)
	}
	if utf8.Valid(raw) {
		return raw, nil
	}
	if text, ok := charset.DecodeKorean(raw); ok {
		return []byte(text), nil
	}
	return bytes.ToValidUTF8(raw, []byte("\uFFFD")), nil
}

// declaredEncoding returns the encoding that the XML declaration at the beginning
// names, or "".
func declaredEncoding(raw []byte) string {
	m := regexp.MustCompile(`^\s*<\?xml[^>]*?\sencoding\s*=\s*["']([-\w:.]+)["']`).FindSubmatch(raw[:min(len(raw), 1024)])
	if m == nil {
		return ""
	}
	return string(m[1])
}

// NewDecoder returns a decoder for an XML file in any encoding. It accepts the
// entities of HTML, such as &nbsp;.
func NewDecoder(raw []byte) (*xml.Decoder, error) {
	text, err := UTF8(raw)
	if err != nil {
		return nil, err
	}
	d := xml.NewDecoder(bytes.NewReader(text))
	d.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // it is in UTF-8 by now
	d.Entity = xml.HTMLEntity
	return d, nil
}

// EachToken calls visit with each token until the end of the file. If visit returns
// an error, EachToken returns it. If ctx ends, it returns the cause of ctx.
func EachToken(ctx context.Context, tokens *xml.Decoder, visit func(xml.Token) error) error {
	for n := 1; ; n++ {
		token, err := tokens.Token()
		if n%4096 == 0 && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := visit(token); err != nil {
			return err
		}
	}
}
