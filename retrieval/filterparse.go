package retrieval

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ParseFilter parses a filter in the form in which a person writes it:
//
//	lang = "ko" and (year >= 2020 or title in ("A", 'B')) and not draft = true
//
// A field is a word of letters, digits and _ - . that does not begin with a
// digit, - or a dot. Any other name goes in backquotes, with a backquote inside
// doubled: `due date`. A value is a text in double or single quotes, where \
// precedes a quote or another \; a number; or true or false. The operators are
// =, !=, <, <=, >, >=, ^=, in and not in. ^= selects texts that begin with a
// text: folder ^= "handbook/". It stands for two comparisons, with >= and <. not
// binds more tightly than and, and and more tightly than or. true alone selects
// everything, false nothing. The keywords and, or, not, in, true and false may be
// in capitals.
//
// A text that begins with { is parsed as JSON, see UnmarshalFilter. A blank
// text is nil, the filter that selects everything. An error gives the position.
func ParseFilter(s string) (Filter, error) {
	trimmed := strings.TrimSpace(s)
	switch {
	case trimmed == "":
		return nil, nil
	case !utf8.ValidString(s):
		return nil, errors.New("filter: it is not valid UTF-8")
	case trimmed[0] == '{':
		return UnmarshalFilter([]byte(trimmed))
	}
	p := &filterParser{text: s}
	if err := p.advance(); err != nil {
		return nil, err
	}
	f, err := p.or(1)
	if err != nil {
		return nil, err
	}
	if p.kind != tokenEnd {
		return nil, p.fail("expected and, or, or the end")
	}
	if err := CheckFilter(f); err != nil {
		return nil, err
	}
	return f, nil
}

type tokenKind int

const (
	tokenEnd    tokenKind = iota
	tokenWord             // a bare field, or a keyword; keyword is set then
	tokenField            // in backquotes
	tokenText             // in quotes
	tokenNumber           //
	tokenSign             // an operator, parenthesis or comma
)

// filterParser parses a filter with one token of lookahead.
type filterParser struct {
	text string
	next int // index in text after this token

	kind    tokenKind
	at      int    // index in text of this token
	value   string // its content, without quotes and escapes
	keyword string // in lower case; empty if the token is not a keyword
}

// fail returns an error at the current token.
func (p *filterParser) fail(format string, args ...any) error {
	where := "at the end"
	if p.at < len(p.text) {
		rest := []rune(p.text[p.at:])
		near := string(rest[:min(len(rest), 16)])
		where = fmt.Sprintf("at character %d, at %q", utf8.RuneCountInString(p.text[:p.at])+1, near)
	}
	return fmt.Errorf("filter: %s: %s", where, fmt.Sprintf(format, args...))
}

// advance reads the next token.
func (p *filterParser) advance() error {
	for p.next < len(p.text) {
		r, n := utf8.DecodeRuneInString(p.text[p.next:])
		if !unicode.IsSpace(r) {
			break
		}
		p.next += n
	}
	p.at, p.kind, p.value, p.keyword = p.next, tokenEnd, "", ""
	rest := p.text[p.at:]
	if rest == "" {
		return nil
	}
	switch c := rest[0]; {
	case c == '"' || c == '\'':
		return p.quoted(c)
	case c == '`':
		return p.backquoted()
	case strings.IndexByte("(),", c) >= 0:
		return p.take(tokenSign, 1)
	case strings.IndexByte("=!<>^", c) >= 0:
		n := len(rest) - len(strings.TrimLeft(rest, "=!<>^"))
		return p.take(tokenSign, n)
	case '0' <= c && c <= '9', c == '-', c == '+', c == '.':
		n := len(rest) - len(strings.TrimLeft(rest, "0123456789+-.eE"))
		return p.take(tokenNumber, n)
	}
	if n := wordLength(rest); n > 0 {
		err := p.take(tokenWord, n)
		switch lower := strings.ToLower(p.value); lower {
		case "and", "or", "not", "in", "true", "false":
			p.keyword = lower
		}
		return err
	}
	return p.fail("unexpected character; put text in quotes, and an unusual field in backquotes")
}

func (p *filterParser) take(kind tokenKind, length int) error {
	p.kind, p.value, p.next = kind, p.text[p.at:p.at+length], p.at+length
	return nil
}

// wordLength returns the length in bytes of the bare word at the beginning of
// s.
func wordLength(s string) int {
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || i > 0 && (r == '-' || r == '.' || unicode.IsDigit(r) || unicode.IsMark(r)) {
			continue
		}
		return i
	}
	return len(s)
}

func (p *filterParser) quoted(quote byte) error {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		switch c := p.text[i]; {
		case c == quote:
			p.kind, p.value, p.next = tokenText, b.String(), i+1
			return nil
		case c == '\\' && i+1 < len(p.text) && strings.IndexByte(`"'\`, p.text[i+1]) >= 0:
			i++
			b.WriteByte(p.text[i])
		case c == '\\':
			p.at = i
			return p.fail(`a \ in a text stands before a quote or another \: write \\`)
		default:
			b.WriteByte(c)
		}
	}
	return p.fail("this quote is not closed")
}

func (p *filterParser) backquoted() error {
	var b strings.Builder
	for i := p.at + 1; i < len(p.text); i++ {
		switch {
		case p.text[i] != '`':
			b.WriteByte(p.text[i])
		case i+1 < len(p.text) && p.text[i+1] == '`':
			i++
			b.WriteByte('`')
		default:
			p.kind, p.value, p.next = tokenField, b.String(), i+1
			return nil
		}
	}
	return p.fail("this backquote is not closed")
}

func (p *filterParser) or(depth int) (Filter, error) {
	parts, err := p.list("or", depth, p.and)
	if err != nil || len(parts) == 1 {
		return first(parts), err
	}
	return Or(parts), nil
}

func (p *filterParser) and(depth int) (Filter, error) {
	parts, err := p.list("and", depth, p.unary)
	if err != nil || len(parts) == 1 {
		return first(parts), err
	}
	return And(parts), nil
}

func first(parts []Filter) Filter {
	if len(parts) == 0 {
		return nil
	}
	return parts[0]
}

// list parses one or more parts with the keyword between them.
func (p *filterParser) list(keyword string, depth int, part func(int) (Filter, error)) ([]Filter, error) {
	var parts []Filter
	for {
		f, err := part(depth)
		if err != nil {
			return nil, err
		}
		if parts = append(parts, f); p.keyword != keyword {
			return parts, nil
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}

func (p *filterParser) unary(depth int) (Filter, error) {
	if depth > 2*maxFilterDepth {
		return nil, p.fail("this is nested too deep")
	}
	switch {
	case p.keyword == "not":
		if err := p.advance(); err != nil {
			return nil, err
		}
		f, err := p.unary(depth + 1)
		return Not{f}, err
	case p.keyword == "true" || p.keyword == "false":
		f := Filter(And{})
		if p.keyword == "false" {
			f = Or{}
		}
		return f, p.advance()
	case p.kind == tokenSign && p.value == "(":
		if err := p.advance(); err != nil {
			return nil, err
		}
		f, err := p.or(depth + 1)
		if err != nil {
			return nil, err
		}
		return f, p.expect(")")
	case p.kind == tokenField, p.kind == tokenWord && p.keyword == "":
		return p.predicate()
	case p.kind == tokenWord:
		return nil, p.fail("expected a field; put one named %s in backquotes", p.value)
	}
	return nil, p.fail(`expected a field, as in lang = "ko"`)
}

func (p *filterParser) expect(sign string) error {
	if p.kind != tokenSign || p.value != sign {
		return p.fail("expected %s", sign)
	}
	return p.advance()
}

func (p *filterParser) predicate() (Filter, error) {
	field := p.value
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.keyword == "not" {
		if err := p.advance(); err != nil {
			return nil, err
		}
		if p.keyword != "in" {
			return nil, p.fail("expected in after %s not; to negate a comparison, put not before the field", field)
		}
		f, err := p.in(field)
		return Not{f}, err
	}
	if p.keyword == "in" {
		return p.in(field)
	}
	op := Op(p.value)
	switch {
	case p.kind != tokenSign || p.value == "(" || p.value == ")" || p.value == ",":
		return nil, p.fail("expected =, !=, <, <=, >, >=, ^= or in after %s", field)
	case op == beginsWith:
		return p.prefix(field)
	case op != Equal && op != NotEqual && op != Less && op != LessOrEqual && op != Greater && op != GreaterOrEqual:
		return nil, p.fail("%s is not an operator: use =, !=, <, <=, >, >= or ^=", op)
	}
	if err := p.advance(); err != nil {
		return nil, err
	}
	v, err := p.literal()
	return Comparison{field, op, v}, err
}

func (p *filterParser) in(field string) (Filter, error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect("("); err != nil {
		return nil, err
	}
	f := In{Field: field}
	for p.kind != tokenSign || p.value != ")" {
		if len(f.Values) > 0 {
			if err := p.expect(","); err != nil {
				return nil, err
			}
		}
		v, err := p.literal()
		if err != nil {
			return nil, err
		}
		f.Values = append(f.Values, v)
	}
	return f, p.advance()
}

// literal parses a value.
func (p *filterParser) literal() (any, error) {
	var v any
	switch {
	case p.kind == tokenText:
		v = p.value
	case p.kind == tokenNumber:
		n, err := strconv.ParseFloat(p.value, 64)
		if err != nil || math.IsInf(n, 0) {
			return nil, p.fail("%s is not a number; put a text, such as a date, in quotes", p.value)
		}
		v = n
	case p.keyword == "true", p.keyword == "false":
		v = p.keyword == "true"
	case p.kind == tokenWord:
		return nil, p.fail("put a text in quotes: %q", p.value)
	default:
		return nil, p.fail("expected a text in quotes, a number, true or false")
	}
	return v, p.advance()
}
