package milvus

import (
	"math"
	"strconv"
	"strings"
	"unicode"

	"selfrag/retrieval"
)

// nothing matches no row: a primary key is never empty.
const nothing = fieldID + ` == ""`

// compile returns an expression that is true for every row that the filter
// selects. It may be true for other rows as well: the caller filters again. An
// empty expression restricts nothing. compile leaves out whatever servers treat
// differently: missing fields and fields of another type under a negation,
// control characters, bools beside numbers.
func compile(f retrieval.Filter) string {
	if f == nil {
		return ""
	}
	return compiled(f, true)
}

// compiled moves negations down to the comparisons. wanted says whether the
// expression is for rows that the filter selects or for those that it does not.
func compiled(f retrieval.Filter, wanted bool) string {
	switch f := f.(type) {
	case retrieval.Comparison:
		return comparison(f, wanted)
	case retrieval.In:
		parts := make([]string, 0, len(f.Values))
		for _, v := range f.Values {
			parts = append(parts, comparison(retrieval.Comparison{Field: f.Field, Op: retrieval.Equal, Value: v}, wanted))
		}
		return joined(parts, wanted)
	case retrieval.And:
		return joined(all(f, wanted), !wanted)
	case retrieval.Or:
		return joined(all(f, wanted), wanted)
	case retrieval.Not:
		return compiled(f.Filter, !wanted)
	}
	return ""
}

func all(parts []retrieval.Filter, wanted bool) []string {
	texts := make([]string, 0, len(parts))
	for _, p := range parts {
		texts = append(texts, compiled(p, wanted))
	}
	return texts
}

// joined joins the parts with "or" if any is set, and with "and" otherwise. An
// empty part restricts nothing: it makes an "or" empty and is left out of an
// "and".
func joined(parts []string, any bool) string {
	word, said := " and ", parts[:0:0]
	if any {
		word = " or "
	}
	for _, p := range parts {
		switch {
		case p != "":
			said = append(said, p)
		case any:
			return ""
		}
	}
	if len(said) == 0 && any {
		return nothing
	}
	return balanced(said, word)
}

// balanced joins the parts as a tree. A chain of a thousand parts is too deep
// for the parsers of some servers.
func balanced(parts []string, word string) string {
	switch len(parts) {
	case 0:
		return ""
	case 1:
		return parts[0]
	}
	half := len(parts) / 2
	return "(" + balanced(parts[:half], word) + word + balanced(parts[half:], word) + ")"
}

func comparison(c retrieval.Comparison, wanted bool) string {
	if c.Op == retrieval.NotEqual {
		c.Op, wanted = retrieval.Equal, !wanted
	}
	if column, ok := columnOf(c.Field); ok {
		return ofColumn(column, c, wanted)
	}
	return ofMetadata(c, wanted)
}

func columnOf(field string) (string, bool) {
	switch field {
	case "id":
		return fieldName, true
	case "document":
		return fieldDocument, true
	case "source":
		return fieldSource, true
	case "title":
		return fieldTitle, true
	}
	return "", false
}

// ofColumn compares a field that every row has as a string.
func ofColumn(column string, c retrieval.Comparison, wanted bool) string {
	text, isString := c.Value.(string)
	if !isString {
		if wanted {
			return nothing
		}
		return ""
	}
	literal, ok := quote(text)
	if !ok {
		return ""
	}
	op := operator(c.Op)
	if !wanted {
		op = map[string]string{"==": "!=", "<": ">=", "<=": ">", ">": "<=", ">=": "<"}[op]
	}
	return column + " " + op + " " + literal
}

// ofMetadata compares a key of the metadata, which a row may lack.
func ofMetadata(c retrieval.Comparison, wanted bool) string {
	name, ok := quote(c.Field)
	// Some versions of Milvus take these characters as parts of a path.
	if !ok || strings.ContainsAny(c.Field, "/~") {
		return ""
	}
	path := fieldMetadata + "[" + name + "]"
	var literal string
	switch v := c.Value.(type) {
	case string:
		if literal, ok = quote(v); !ok {
			return ""
		}
		if !wanted && c.Op == retrieval.Equal {
			return "(not (exists " + path + ") or " + path + " != " + literal + ")"
		}
	case float64:
		literal = number(v)
	case bool:
		literal = strconv.FormatBool(v)
	}
	if !wanted {
		return ""
	}
	return path + " " + operator(c.Op) + " " + literal
}

func operator(op retrieval.Op) string {
	if op == retrieval.Equal {
		return "=="
	}
	return string(op)
}

// quote returns a string as a literal that it cannot break out of. For strings
// with control characters or line separators there is no literal that all
// servers read the same way.
func quote(s string) (string, bool) {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case unicode.IsControl(r), r == '\u2028', r == '\u2029', r == unicode.ReplacementChar:
			return "", false
		default:
			b.WriteRune(r)
		}
	}
	b.WriteByte('"')
	return b.String(), true
}

// number formats a number with a decimal point, so that it is parsed as a
// float.
func number(v float64) string {
	if a := math.Abs(v); a != 0 && (a < 1e-6 || a >= 1e15) {
		return strings.Replace(strconv.FormatFloat(v, 'e', -1, 64), "e+", "e", 1)
	}
	s := strconv.FormatFloat(v+0, 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}
