package web

import (
	"bytes"
	"io"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"selfrag/retrieval/ingest/charset"
)

// decodeHTML returns the text of a page. If its bytes alone do not show the encoding,
// it takes the encoding that the page declares, provided that the bytes are valid in
// it. A page in UTF-8 is not copied, since one of many megabytes is copied often
// enough by its parser, which takes every kind of newline.
func decodeHTML(raw []byte) (text io.Reader, warnings []string, err error) {
	if same, ok := charset.UTF8(raw); ok {
		return bytes.NewReader(same), nil, nil
	}
	decoded, warnings, mended := charset.Decode(raw)
	if mended == nil && warnings == nil {
		return strings.NewReader(decoded), nil, nil
	}
	if declared, ok := decodeDeclared(raw); ok {
		return strings.NewReader(declared), nil, nil
	}
	return strings.NewReader(decoded), warnings, mended
}

// decodeDeclared decodes a page in the encoding that its <meta> declares. It
// returns false if there is no such declaration or the bytes are not valid in the
// encoding.
func decodeDeclared(raw []byte) (string, bool) {
	declared := regexp.MustCompile(`(?i)<meta[^>]+charset\s*=\s*["']?([-\w:.]+)`).FindSubmatch(raw[:min(len(raw), 1024)])
	if declared == nil || bytes.IndexByte(raw, 0) >= 0 {
		return "", false
	}
	encoding, err := htmlindex.Get(string(declared[1]))
	if err != nil {
		return "", false
	}
	b, err := encoding.NewDecoder().Bytes(raw)
	return string(b), err == nil && !bytes.ContainsRune(b, utf8.RuneError)
}
