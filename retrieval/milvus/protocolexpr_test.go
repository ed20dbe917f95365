package milvus

import (
	"cmp"
	"errors"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"github.com/milvus-io/milvus-proto/go-api/v2/schemapb"
)

// parseExpression reads an expression in the part of Milvus 2.6's grammar that
// this package writes. Whatever else there is, is an error.
func parseExpression(expr string, schema *schemapb.CollectionSchema) (holds func(keptRow) bool, err error) {
	tokens, err := tokensOf(expr)
	if err != nil {
		return nil, err
	}
	p := &expressionParser{tokens: tokens, fields: map[string]schemapb.DataType{}}
	for _, f := range schema.GetFields() {
		p.fields[f.GetName()] = f.GetDataType()
	}
	if holds, err = p.or(); err == nil && len(p.tokens) > 0 {
		err = fmt.Errorf("unexpected %q", p.tokens[0].text)
	}
	return holds, err
}

type lexeme struct {
	text  string
	value any // of a literal
}

// tokensOf splits an expression. Its keywords include those that 2.5 and 2.6 have
// added, which can no longer be names of fields.
func tokensOf(expr string) ([]lexeme, error) {
	var tokens []lexeme
	for i := 0; i < len(expr); {
		rest := expr[i:]
		switch c := rest[0]; {
		case c == ' ':
			i++
		case c == '"':
			end := 1
			for end < len(rest) && rest[end] != '"' {
				if rest[end] < ' ' {
					return nil, errors.New("control character in a string")
				}
				if rest[end] == '\\' {
					end++
				}
				end++
			}
			if end >= len(rest) {
				return nil, errors.New("a string without end")
			}
			text, err := strconv.Unquote(rest[:end+1])
			if err != nil {
				return nil, fmt.Errorf("string %.40s: %w", rest[:end+1], err)
			}
			tokens = append(tokens, lexeme{"literal", text})
			i += end + 1
		case c == '-' || c >= '0' && c <= '9':
			n := 1 + len(rest[1:]) - len(strings.TrimLeft(rest[1:], "0123456789.e-"))
			v, err := strconv.ParseFloat(rest[:n], 64)
			if err != nil {
				return nil, err
			}
			tokens = append(tokens, lexeme{"literal", v})
			i += n
		case c == '_' || c >= 'a' && c <= 'z':
			n := len(rest) - len(strings.TrimLeft(rest, "_abcdefghijklmnopqrstuvwxyz0123456789"))
			t := lexeme{text: rest[:n]}
			if t.text == "true" || t.text == "false" {
				t = lexeme{"literal", t.text == "true"}
			}
			tokens = append(tokens, t)
			i += n
		default:
			n := 1
			if len(rest) > 1 && rest[1] == '=' {
				n = 2
			}
			tokens = append(tokens, lexeme{text: rest[:n]})
			i += n
		}
	}
	return tokens, nil
}

type expressionParser struct {
	tokens []lexeme
	fields map[string]schemapb.DataType
}

func (p *expressionParser) peek() string {
	if len(p.tokens) == 0 {
		return ""
	}
	return p.tokens[0].text
}

func (p *expressionParser) next() lexeme {
	if len(p.tokens) == 0 {
		return lexeme{}
	}
	t := p.tokens[0]
	p.tokens = p.tokens[1:]
	return t
}

func (p *expressionParser) expect(text string) error {
	if t := p.next(); t.text != text {
		return fmt.Errorf("%q instead of %q", t.text, text)
	}
	return nil
}

func (p *expressionParser) or() (func(keptRow) bool, error) {
	left, err := p.and()
	for err == nil && p.peek() == "or" {
		p.next()
		var right func(keptRow) bool
		one := left
		right, err = p.and()
		left = func(r keptRow) bool { return one(r) || right(r) }
	}
	return left, err
}

func (p *expressionParser) and() (func(keptRow) bool, error) {
	left, err := p.not()
	for err == nil && p.peek() == "and" {
		p.next()
		var right func(keptRow) bool
		one := left
		right, err = p.not()
		left = func(r keptRow) bool { return one(r) && right(r) }
	}
	return left, err
}

func (p *expressionParser) not() (func(keptRow) bool, error) {
	switch p.peek() {
	case "not":
		p.next()
		of, err := p.not()
		return func(r keptRow) bool { return !of(r) }, err
	case "(":
		p.next()
		of, err := p.or()
		if err != nil {
			return nil, err
		}
		return of, p.expect(")")
	case "exists":
		p.next()
		value, err := p.operand()
		return func(r keptRow) bool { return value(r) != nil }, err
	}
	return p.comparison()
}

// operand reads a field or a key of a JSON field. Its value is nil if the row
// lacks the key.
func (p *expressionParser) operand() (func(keptRow) any, error) {
	name := p.next().text
	kind, ok := p.fields[name]
	if !ok {
		return nil, fmt.Errorf("field %s not exist", name)
	}
	if kind != schemapb.DataType_JSON {
		return func(r keptRow) any {
			if n, ok := r[name].(int64); ok {
				return float64(n)
			}
			return r[name]
		}, nil
	}
	if err := p.expect("["); err != nil {
		return nil, err
	}
	key, ok := p.next().value.(string)
	if !ok {
		return nil, errors.New("a JSON path that is no string")
	}
	return func(r keptRow) any {
		object, _ := r[name].(map[string]any)
		return object[key]
	}, p.expect("]")
}

func (p *expressionParser) comparison() (func(keptRow) bool, error) {
	left, err := p.operand()
	if err != nil {
		return nil, err
	}
	op := p.next().text
	if op == "in" {
		return p.list(left)
	}
	literal := p.next()
	if literal.text != "literal" {
		return nil, fmt.Errorf("%q is no value", literal.text)
	}
	right := literal.value
	return func(r keptRow) bool {
		have := left(r)
		if op == "!=" {
			// A missing key is null, and null is not unequal to anything. A value
			// of another type is.
			return have != nil && have != right
		}
		if have == nil || reflect.TypeOf(have) != reflect.TypeOf(right) {
			return false
		}
		order := 0
		switch have := have.(type) {
		case string:
			order = strings.Compare(have, right.(string))
		case float64:
			order = cmp.Compare(have, right.(float64))
		default:
			return op == "==" && have == right
		}
		return map[string]bool{"==": order == 0, "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0}[op]
	}, nil
}

func (p *expressionParser) list(left func(keptRow) any) (func(keptRow) bool, error) {
	if err := p.expect("["); err != nil {
		return nil, err
	}
	values := map[any]bool{}
	for p.peek() != "]" {
		t := p.next()
		if t.text != "literal" {
			return nil, fmt.Errorf("%q is no value", t.text)
		}
		values[t.value] = true
		if p.peek() == "," {
			p.next()
		}
	}
	return func(r keptRow) bool { return values[left(r)] }, p.expect("]")
}
