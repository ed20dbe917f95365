package term

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"

	"selfrag/retrieval/ingest/charset"
)

// Question returns a text that the user typed, or that a file holds, as valid
// UTF-8 in the form NFC. It reads the encodings that documents may have. The
// error says which.
func Question(typed string) (string, error) {
	if !utf8.ValidString(typed) || strings.ContainsRune(typed, 0) {
		text, warnings, err := charset.Decode([]byte(typed))
		if err == nil && len(warnings) > 0 {
			err = errors.New(warnings[0]) // a document may have damaged bytes, a question may not
		}
		if err != nil {
			return "", fmt.Errorf("read the question: %w", err)
		}
		typed = text
	}
	return norm.NFC.String(strings.TrimPrefix(typed, "\ufeff")), nil
}

// Typed returns an input whose text is UTF-8 if it begins with the byte order
// mark of UTF-16 or UTF-8. It delivers any other input unchanged, and without
// waiting for more than was typed.
func Typed(in io.Reader) io.Reader { return &typed{in: in} }

type typed struct {
	in    io.Reader
	begun bool
}

func (t *typed) Read(p []byte) (int, error) {
	if t.begun || len(p) == 0 {
		return t.in.Read(p)
	}
	n, err := t.in.Read(p)
	t.begun = n > 0
	if n == 0 || p[0] != 0xff && p[0] != 0xfe && p[0] != 0xef {
		return n, err
	}
	all := io.MultiReader(bytes.NewReader(bytes.Clone(p[:n])), t.in)
	t.in = transform.NewReader(all, unicode.BOMOverride(encoding.Nop.NewDecoder()))
	return t.in.Read(p)
}
