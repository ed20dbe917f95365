package plain

import (
	"context"
	"regexp"
	"strings"

	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
)

// Text reads a text file. It has no title, because nothing says what its first line
// is.
func Text(_ context.Context, raw []byte, _ int64) (content.Content, error) {
	text, warnings, err := charset.Decode(raw)
	return content.Content{Text: withoutPictures(text), Warnings: warnings}, err
}

// withoutPictures removes the data from each data: URI (RFC 2397) and keeps its
// type, such as "data:image/png". The data, a picture in base64, says nothing to a
// reader and can be most of a file.
func withoutPictures(text string) string {
	if !strings.Contains(text, "data:") {
		return text
	}
	uri := regexp.MustCompile(`(data:[a-z]+/[-+.\w]+)((?:;[-\w]+(?:=[-\w."]+)?)*)(;base64,[A-Za-z0-9+/_=%-]{16,}|,%3[Cc][^\s"'()<>]{16,})`)
	return uri.ReplaceAllString(text, "$1")
}
