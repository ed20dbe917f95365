package web

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"

	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
)

// decodeHTML goes by the page's own word on its encoding where it gives one
// that its bytes bear out.
func decodeHTML(raw []byte) (text string, warnings []string, err error) {
	text, warnings, mended := charset.Decode(raw)
	if mended == nil && warnings == nil {
		return text, nil, nil
	}
	if declared, ok := decodeDeclared(raw); ok {
		return content.NormaliseNewlines(declared), nil, nil
	}
	return text, warnings, mended
}

// decodeDeclared decodes a page as it says itself. Its bytes have to bear that
// out.
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
