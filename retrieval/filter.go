package retrieval

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

// Filter selects passages by their fields. It is a Comparison, In, And, Or or
// Not; nil selects every passage. Stores compile it to their own language with
// parameters or strict escaping. Match defines its meaning.
//
// A field is "id", "document", "source", "title", or else a key of the
// passage's metadata. Logic is two-valued: a comparison with a field that is
// missing, or that has a value of another type, is false, and its Not is true.
// Strings are compared by code points.
type Filter interface {
	// Match reports whether the filter selects the passage.
	Match(p Passage) bool
	// String returns the filter in the form that ParseFilter parses.
	String() string
	validate(depth int) error
}

// Op is the operator of a Comparison.
type Op string

// The operators. The ordering operators are for numbers and strings only.
const (
	Equal          Op = "="
	NotEqual       Op = "!=" // the same as Not of Equal: true for a missing field
	Less           Op = "<"
	LessOrEqual    Op = "<="
	Greater        Op = ">"
	GreaterOrEqual Op = ">="
)

// Comparison compares a field with a value: a string, a float64 or a bool.
type Comparison struct {
	Field string
	Op    Op
	Value any
}

// In selects passages whose field equals one of the values. Without values it
// selects none.
type In struct {
	Field  string
	Values []any // strings, float64s or bools
}

// And selects the passages that all its parts select; without parts, all
// passages.
type And []Filter

// Or selects the passages that at least one of its parts selects; without
// parts, none.
type Or []Filter

// Not selects the passages that its part does not select.
type Not struct{ Filter Filter }

// Match implements Filter.
func (c Comparison) Match(p Passage) bool {
	field, ok := p.field(c.Field)
	if c.Op == NotEqual {
		return !ok || field != c.Value
	}
	if !ok {
		return false
	}
	if c.Op == Equal {
		return field == c.Value
	}
	var order int
	switch v := c.Value.(type) {
	case string:
		s, ok := field.(string)
		if !ok {
			return false
		}
		order = strings.Compare(s, v)
	case float64:
		n, ok := field.(float64)
		switch {
		case !ok || math.IsNaN(n):
			return false
		case n < v:
			order = -1
		case n > v:
			order = 1
		}
	default:
		return false
	}
	switch c.Op {
	case Less:
		return order < 0
	case LessOrEqual:
		return order <= 0
	case Greater:
		return order > 0
	default:
		return order >= 0
	}
}

// Match implements Filter.
func (f In) Match(p Passage) bool {
	field, ok := p.field(f.Field)
	return ok && slices.Contains(f.Values, field)
}

// Match implements Filter.
func (f And) Match(p Passage) bool {
	for _, part := range f {
		if !part.Match(p) {
			return false
		}
	}
	return true
}

// Match implements Filter.
func (f Or) Match(p Passage) bool {
	for _, part := range f {
		if part.Match(p) {
			return true
		}
	}
	return false
}

// Match implements Filter.
func (f Not) Match(p Passage) bool { return !f.Filter.Match(p) }

// field returns the value of a field for filters: a string, a float64 or a
// bool. A field of the passage hides a metadata key of the same name.
func (p Passage) field(name string) (any, bool) {
	switch name {
	case "id":
		return p.ID, true
	case "document":
		return p.Document, true
	case "source":
		return p.Source, true
	case "title":
		return p.Title, true
	}
	switch v := p.Metadata[name].(type) {
	case string, float64, bool:
		return v, true
	case int:
		return float64(v), true
	}
	return nil, false
}

// The limits of a filter: far more than a person writes, and few enough that a
// hostile filter costs nothing.
const (
	maxFilterDepth  = 32
	maxFilterValues = 1000
)

// CheckFilter returns an error for a filter that no store could run: an unknown
// operator, a value that is not a string, a finite float64 or a bool, an
// ordering of bools, a field without a name, a nil part, more than 32 levels of
// nesting, or more than 1,000 parts or values in one place. A nil filter is
// valid.
func CheckFilter(f Filter) error {
	if f == nil {
		return nil
	}
	if err := f.validate(1); err != nil {
		return fmt.Errorf("filter: %w", err)
	}
	return nil
}

func (c Comparison) validate(int) error {
	if err := checkField(c.Field); err != nil {
		return err
	}
	if err := checkValue(c.Field, c.Value); err != nil {
		return err
	}
	switch c.Op {
	case Equal, NotEqual:
		return nil
	case Less, LessOrEqual, Greater, GreaterOrEqual:
		if _, ok := c.Value.(bool); ok {
			return fmt.Errorf("%s is compared with a bool by %s: use = or !=", c.Field, c.Op)
		}
		return nil
	}
	return fmt.Errorf("unknown operator %q: use =, !=, <, <=, > or >=", c.Op)
}

func (f In) validate(int) error {
	if err := checkField(f.Field); err != nil {
		return err
	}
	if len(f.Values) > maxFilterValues {
		return fmt.Errorf("%s is compared with %d values: at most %d are possible", f.Field, len(f.Values), maxFilterValues)
	}
	for _, v := range f.Values {
		if err := checkValue(f.Field, v); err != nil {
			return err
		}
	}
	return nil
}

func (f And) validate(depth int) error { return validateAll(f, depth) }
func (f Or) validate(depth int) error  { return validateAll(f, depth) }

func (f Not) validate(depth int) error { return validateAll([]Filter{f.Filter}, depth) }

func validateAll(parts []Filter, depth int) error {
	if depth >= maxFilterDepth {
		return fmt.Errorf("it is nested more than %d deep", maxFilterDepth)
	}
	if len(parts) > maxFilterValues {
		return fmt.Errorf("it has %d parts in one place: at most %d are possible", len(parts), maxFilterValues)
	}
	for _, part := range parts {
		if part == nil {
			return errors.New("a part is missing")
		}
		if err := part.validate(depth + 1); err != nil {
			return err
		}
	}
	return nil
}

func checkField(name string) error {
	switch {
	case name == "":
		return errors.New("a field has no name")
	case !utf8.ValidString(name):
		return fmt.Errorf("the field %q is not valid UTF-8", name)
	}
	return nil
}

func checkValue(field string, v any) error {
	switch v := v.(type) {
	case bool:
		return nil
	case string:
		if !utf8.ValidString(v) {
			return fmt.Errorf("the value %q of %s is not valid UTF-8", v, field)
		}
		return nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%s is compared with %v: only finite numbers are possible", field, v)
		}
		return nil
	}
	return fmt.Errorf("%s is compared with a %T: use a string, a number or a bool", field, v)
}
