package ingest

import (
	"bytes"
	"encoding/hex"
	"strconv"
)

// pdfToken is a token of a PDF content stream or CMap: a number, a name, a
// string, or an operator. Brackets are operators, too.
type pdfToken struct {
	kind   byte // 'n', '/', 's', 'o'; 0 at the end
	number float64
	text   string
}

// pdfLexer reads tokens (ISO 32000-1, 7.2 and 7.3). It takes anything: what
// makes no sense becomes operators that nobody knows.
type pdfLexer struct{ rest []byte }

func (l *pdfLexer) next() pdfToken {
	l.skipSpace()
	if len(l.rest) == 0 {
		return pdfToken{}
	}
	switch c := l.rest[0]; {
	case c == '(':
		return pdfToken{kind: 's', text: l.literal()}
	case c == '<' && len(l.rest) > 1 && l.rest[1] == '<', c == '>' && len(l.rest) > 1 && l.rest[1] == '>':
		return l.operator(2)
	case c == '<':
		return pdfToken{kind: 's', text: l.hex()}
	case bytes.IndexByte([]byte("[]{}>)"), c) >= 0:
		return l.operator(1)
	case c == '/':
		l.rest = l.rest[1:]
		return pdfToken{kind: '/', text: unescapeName(l.regular())}
	}
	word := l.regular()
	if n, err := strconv.ParseFloat(word, 64); err == nil && (word[0] < 'A' || word[0] > 'z') {
		return pdfToken{kind: 'n', number: n}
	}
	return pdfToken{kind: 'o', text: word}
}

func (l *pdfLexer) operator(n int) pdfToken {
	t := pdfToken{kind: 'o', text: string(l.rest[:n])}
	l.rest = l.rest[n:]
	return t
}

func isPDFSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func (l *pdfLexer) skipSpace() {
	for len(l.rest) > 0 {
		switch c := l.rest[0]; {
		case isPDFSpace(c):
			l.rest = l.rest[1:]
		case c == '%':
			end := bytes.IndexAny(l.rest, "\r\n")
			if end < 0 {
				end = len(l.rest)
			}
			l.rest = l.rest[end:]
		default:
			return
		}
	}
}

func (l *pdfLexer) regular() string {
	n := 0
	for n < len(l.rest) && !isPDFSpace(l.rest[n]) && bytes.IndexByte([]byte("()<>[]{}/%"), l.rest[n]) < 0 {
		n++
	}
	word := string(l.rest[:n])
	l.rest = l.rest[n:]
	return word
}

func (l *pdfLexer) hex() string {
	end := bytes.IndexByte(l.rest, '>')
	if end < 0 {
		end = len(l.rest)
	}
	digits := make([]byte, 0, end)
	for _, c := range l.rest[1:end] {
		if !isPDFSpace(c) {
			digits = append(digits, c)
		}
	}
	l.rest = l.rest[min(end+1, len(l.rest)):]
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	n, _ := hex.Decode(digits, digits) // up to what is no digit
	return string(digits[:n])
}

// literal reads a string in parentheses.
func (l *pdfLexer) literal() string {
	var b []byte
	depth := 0
	for i := 0; i < len(l.rest); i++ {
		c := l.rest[i]
		switch c {
		case '(':
			if depth++; depth == 1 {
				continue
			}
		case ')':
			if depth--; depth == 0 {
				l.rest = l.rest[i+1:]
				return string(b)
			}
		case '\\':
			i++
			if i == len(l.rest) {
				continue
			}
			var n int
			b, n = unescapeLiteral(b, l.rest[i:])
			i += n - 1
			continue
		}
		b = append(b, c)
	}
	l.rest = nil
	return string(b)
}

// unescapeLiteral appends what the escape without its backslash stands for,
// and tells its length.
func unescapeLiteral(b, escape []byte) ([]byte, int) {
	switch c := escape[0]; c {
	case 'n':
		return append(b, '\n'), 1
	case 'r':
		return append(b, '\r'), 1
	case 't':
		return append(b, '\t'), 1
	case 'b':
		return append(b, '\b'), 1
	case 'f':
		return append(b, '\f'), 1
	case '\r':
		if len(escape) > 1 && escape[1] == '\n' {
			return b, 2
		}
		return b, 1
	case '\n':
		return b, 1
	default:
		n, value := 0, 0
		for n < 3 && n < len(escape) && escape[n] >= '0' && escape[n] <= '7' {
			value = value*8 + int(escape[n]-'0')
			n++
		}
		if n == 0 {
			return append(b, c), 1
		}
		return append(b, byte(value)), n
	}
}

func unescapeName(s string) string {
	var b []byte
	for i := 0; i < len(s); i++ {
		if s[i] == '#' && i+2 < len(s) {
			if n, err := strconv.ParseUint(s[i+1:i+3], 16, 8); err == nil {
				b = append(b, byte(n))
				i += 2
				continue
			}
		}
		b = append(b, s[i])
	}
	return string(b)
}

// skipInlineImage leaves out the data of an image, which follow ID.
func (l *pdfLexer) skipInlineImage() {
	for from := 0; ; {
		i := bytes.Index(l.rest[from:], []byte("EI"))
		if i < 0 {
			l.rest = nil
			return
		}
		i += from
		after := i + 2
		if i > 0 && isPDFSpace(l.rest[i-1]) && (after == len(l.rest) || isPDFSpace(l.rest[after])) {
			l.rest = l.rest[after:]
			return
		}
		from = after
	}
}
