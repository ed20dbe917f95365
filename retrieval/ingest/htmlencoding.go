package ingest

import (
	"bytes"
	"regexp"
	"unicode/utf8"

	"golang.org/x/text/encoding/htmlindex"
)

// decodeHTML goes by the page's own word on its encoding where it gives one
// that its bytes bear out.
func decodeHTML(raw []byte) (string, error) {
	if text, err := decode(raw); err == nil {
		return text, nil
	}
	declared := regexp.MustCompile(`(?i)<meta[^>]+charset\s*=\s*["']?([-\w:.]+)`).FindSubmatch(raw[:min(len(raw), 1024)])
	if declared == nil || bytes.IndexByte(raw, 0) >= 0 {
		return "", errNotText
	}
	encoding, err := htmlindex.Get(string(declared[1]))
	if err != nil {
		return "", errNotText
	}
	b, err := encoding.NewDecoder().Bytes(raw)
	if err != nil || bytes.ContainsRune(b, utf8.RuneError) {
		return "", errNotText
	}
	return normaliseNewlines(string(b)), nil
}
