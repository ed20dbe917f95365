package ingest

import (
	"context"
	"unicode/utf16"
)

const (
	// maxCMap is how many codes a map may have: as many as two bytes can say.
	maxCMap = 1 << 16
	// maxCMapSteps is how many codes are read for them, those said twice
	// included. Small ranges, repeated, would else be work without end.
	maxCMapSteps = 4 * maxCMap
	// maxDestination is the longest text of a code, in bytes of UTF-16 (ISO
	// 32000-1, 9.10.3), and maxCMapText that of a map in bytes of UTF-8.
	maxDestination = 512
	maxCMapText    = 1 << 20
)

// cmap is a ToUnicode map on its way.
type cmap struct {
	ctx   context.Context
	texts map[string]string // by code
	steps int
	bytes int // of texts
}

// parseCMap reads a ToUnicode map (ISO 32000-1, 9.10.3), as far as its bounds
// and the time go.
func parseCMap(ctx context.Context, code []byte) map[string]string {
	m := cmap{ctx: ctx, texts: map[string]string{}}
	lexer := pdfLexer{code}
	var args []pdfToken
	for !m.full() {
		t := lexer.next()
		switch {
		case t.kind == 0:
			return m.texts
		case t.kind != 'o' || t.text == "[" || t.text == "]":
			if len(args) < maxOperands {
				args = append(args, t)
			}
			continue
		case t.text == "endbfchar":
			for i := 0; i+1 < len(args) && !m.full(); i += 2 {
				m.add(args[i].text, utf16Text(args[i+1].text))
			}
		case t.text == "endbfrange":
			m.ranges(args)
		}
		args = args[:0]
	}
	return m.texts
}

func (m *cmap) full() bool {
	return m.steps >= maxCMapSteps || len(m.texts) >= maxCMap || m.bytes >= maxCMapText || m.ctx.Err() != nil
}

func (m *cmap) add(code, text string) {
	m.steps++
	m.bytes += len(text)
	m.texts[code] = text
}

// ranges reads: first last destination, or first last [ destinations ].
func (m *cmap) ranges(args []pdfToken) {
	for i := 0; i+2 < len(args) && !m.full(); {
		first, size := codeNumber(args[i].text), len(args[i].text)
		if args[i+2].kind == 's' {
			// No code of that length is above, whatever the file says.
			last := min(codeNumber(args[i+1].text), first+maxCMap-1, 1<<(8*min(size, 4))-1)
			units := []rune(utf16Text(args[i+2].text))
			for c := first; c <= last && len(units) > 0 && !m.full(); c++ {
				m.add(codeString(c, size), string(units))
				units[len(units)-1]++
			}
			i += 3
			continue
		}
		i += 3 // and the bracket
		for c := first; i < len(args) && args[i].kind == 's' && !m.full(); i, c = i+1, c+1 {
			m.add(codeString(c, size), utf16Text(args[i].text))
		}
		i++
	}
}

func codeNumber(code string) (n int) {
	for i := range min(len(code), 4) {
		n = n<<8 | int(code[i])
	}
	return n
}

func codeString(n, size int) string {
	b := make([]byte, min(size, 4))
	for i := len(b) - 1; i >= 0; i-- {
		b[i] = byte(n)
		n >>= 8
	}
	return string(b)
}

func utf16Text(s string) string {
	s = s[:min(len(s), maxDestination)]
	units := make([]uint16, 0, len(s)/2)
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}
