package retrieval

import "unicode/utf8"

// beginsWith is the operator for texts with a given beginning. It exists only in
// the written form of filters: no Comparison has it.
const beginsWith Op = "^="

// prefix parses the rest of a predicate after its field, from ^= on.
func (p *filterParser) prefix(field string) (Filter, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.kind != tokenText {
		return nil, p.fail("expected a text in quotes after ^=")
	}
	prefix := p.value
	return Prefix(field, prefix), p.advance()
}

// Prefix returns a filter that selects passages with a field that is a text and
// begins with the given text.
func Prefix(field, text string) Filter {
	from := Comparison{field, GreaterOrEqual, text}
	end, ok := after(text)
	if !ok {
		return from
	}
	return And{from, Comparison{field, Less, end}}
}

// after returns the first text, in the order of code points, that is greater
// than all texts with the given beginning. There is none for a text of only the
// greatest code point, such as the empty text.
func after(text string) (string, bool) {
	runes := []rune(text)
	for i := len(runes) - 1; i >= 0; i-- {
		next := runes[i] + 1
		if next == 0xD800 { // the code points up to 0xDFFF are no characters
			next = 0xE000
		}
		if next <= utf8.MaxRune {
			return string(append(runes[:i:i], next)), true
		}
	}
	return "", false
}
