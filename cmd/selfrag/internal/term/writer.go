package term

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync"
	"unicode/utf8"
)

// Writer is where all goes that a program shows. What could take a terminal
// over, control characters and those that reorder the text around them, comes
// out as an escape such as \u001b, which JSON reads as the same character. So a
// document, a file name or an answer of a server cannot act on the terminal,
// whichever command shows it.
//
// The colours of a Style that was made for it pass. Bars and areas that are
// drawn over go to Raw. It may be used by several goroutines at a time.
type Writer struct {
	to    io.Writer
	begin string // of the codes of its own styles: no text can know it

	mu   sync.Mutex
	rest []byte // the beginning of a rune
}

// NewWriter is a Writer before an output.
func NewWriter(to io.Writer) *Writer {
	secret := make([]byte, 8)
	_, _ = rand.Read(secret) // never fails
	return &Writer{to: to, begin: "\x1b" + hex.EncodeToString(secret)}
}

// Raw is the output itself, for what moves the cursor and shows no text of a
// document.
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
		text = append(w.rest, p...)
		w.rest = nil
	}
	safe, rest := w.escaped(text)
	w.rest = append([]byte(nil), rest...)
	if _, err := io.WriteString(w.to, safe); err != nil {
		return 0, err
	}
	return len(p), nil
}

// escaped is a text as it may be shown. The rest is the beginning of a rune.
func (w *Writer) escaped(text []byte) (safe string, rest []byte) {
	var b strings.Builder
	b.Grow(len(text))
	for len(text) > 0 {
		if !utf8.FullRune(text) {
			return b.String(), text
		}
		r, size := utf8.DecodeRune(text)
		switch {
		case r == utf8.RuneError: // a byte alone can be a control character, too
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

// styled is the code of one of the Writer's styles that a text begins with, and
// how many bytes it takes there.
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

// unsafe reports whether a rune acts on a terminal instead of being shown.
func unsafe(r rune) bool {
	return r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r <= 0x9f || bidiControl(r)
}
