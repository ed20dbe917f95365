package term

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// Writer writes all output of the program. It replaces control characters, and
// characters that reorder the text around them, by escapes such as \u001b,
// which JSON reads as the same characters. So the text of a document, the name
// of a file or the answer of a server cannot take over the terminal, whichever
// command prints it.
//
// It also replaces texts that must stay hidden, such as the passwords in
// addresses (Hide), by ***, and keeps the first error of writing (Err).
//
// Colour codes of a Style that was made for the Writer are not replaced.
// Progress bars and areas that are redrawn are written to the output behind the
// Writer, which Raw returns. A Writer is safe for concurrent use.
type Writer struct {
	to    io.Writer
	begin string // beginning of the colour codes of its Styles; random, so that no text can contain it

	mu     sync.Mutex
	rest   []byte            // incomplete rune at the end of the last Write
	hidden *strings.Replacer // nil if there is nothing to hide
	err    error             // the first error of writing
}

// NewWriter returns a Writer that writes to an output.
func NewWriter(to io.Writer) *Writer {
	secret := make([]byte, 8)
	_, _ = rand.Read(secret) // never fails
	return &Writer{to: to, begin: "\x1b" + hex.EncodeToString(secret)}
}

// leastHidden is the minimum length in bytes of a password that is hidden
// wherever it stands. A shorter one may be a part of any word, and is hidden only
// between a colon and an @. Not measured.
const leastHidden = 6

// Hide replaces passwords by *** from now on, if one Write holds them whole.
func (w *Writer) Hide(passwords ...string) {
	var pairs []string
	for _, p := range passwords {
		pairs = append(pairs, ":"+p+"@", ":***@")
		if len(p) >= leastHidden {
			pairs = append(pairs, p, "***")
		}
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hidden = nil
	if len(pairs) > 0 {
		w.hidden = strings.NewReplacer(pairs...)
	}
}

// Err returns the first error of writing, or nil.
func (w *Writer) Err() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.err
}

// Raw returns the output behind a Writer. It is for output that moves the
// cursor and does not contain text of a document.
func Raw(w io.Writer) io.Writer {
	if own, ok := w.(*Writer); ok {
		return own.to
	}
	return w
}

// Write implements io.Writer.
func (w *Writer) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	text := p
	if len(w.rest) > 0 {
		text = slices.Concat(w.rest, p)
		w.rest = nil
	}
	safe, rest := w.escaped(text)
	w.rest = append([]byte(nil), rest...)
	if w.hidden != nil {
		safe = w.hidden.Replace(safe)
	}
	if _, err := io.WriteString(w.to, safe); err != nil {
		w.err = cmp.Or(w.err, err)
		return 0, err
	}
	return len(p), nil
}

// escaped returns a text in which dangerous characters are replaced by escapes.
// rest is an incomplete rune at the end of the text.
func (w *Writer) escaped(text []byte) (safe string, rest []byte) {
	var b strings.Builder
	b.Grow(len(text))
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			return b.String(), text
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError: // an invalid byte such as 0x9b can control a terminal, too
			b.WriteRune(r)
		case r == '\r' && len(text) > 1 && text[1] == '\n':
		case !unsafe(r):
			b.WriteRune(r)
		default:
			if code, n := w.styled(text); n > 0 {
				b.WriteString(code)
				size = n
				break
			}
			fmt.Fprintf(&b, `\u%04x`, r)
		}
		text = text[size:]
	}
	return b.String(), nil
}

// styled returns the colour code at the beginning of a text, if the code
// belongs to a Style of the Writer. The returned code has the form that
// terminals read. n is the length of the code in the text in bytes, or 0 if
// there is no such code.
func (w *Writer) styled(text []byte) (code string, n int) {
	code, ok := strings.CutPrefix(string(text[:min(len(text), len(w.begin)+4)]), w.begin)
	if !ok {
		return "", 0
	}
	end := strings.IndexByte(code, 'm')
	if end < 0 {
		return "", 0
	}
	return "\x1b[" + code[:end+1], len(w.begin) + end + 1
}

// unsafe reports whether a rune controls the terminal or changes the order of
// the text.
func unsafe(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f || bidiControl(r)
}
