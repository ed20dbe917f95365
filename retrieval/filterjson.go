package retrieval

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// MarshalFilter returns a filter as JSON. Equal filters give equal JSON:
//
//	{"field":"year","op":">=","value":2020}
//	{"field":"lang","in":["ko","en"]}
//	{"and":[...]}  {"or":[...]}  {"not":{...}}
//
// nil is null. It returns an error if CheckFilter does.
func MarshalFilter(f Filter) ([]byte, error) {
	if err := CheckFilter(f); err != nil {
		return nil, err
	}
	b, err := json.Marshal(asJSON(f))
	if err != nil {
		return nil, fmt.Errorf("write a filter as JSON: %w", err)
	}
	return b, nil
}

func asJSON(f Filter) any {
	all := func(parts []Filter) []any {
		out := make([]any, len(parts))
		for i, p := range parts {
			out[i] = asJSON(p)
		}
		return out
	}
	switch f := f.(type) {
	case Comparison:
		return struct {
			Field string `json:"field"`
			Op    Op     `json:"op"`
			Value any    `json:"value"`
		}{f.Field, f.Op, f.Value}
	case In:
		values := f.Values
		if values == nil {
			values = []any{}
		}
		return struct {
			Field string `json:"field"`
			In    []any  `json:"in"`
		}{f.Field, values}
	case And:
		return map[string]any{"and": all(f)}
	case Or:
		return map[string]any{"or": all(f)}
	case Not:
		return map[string]any{"not": asJSON(f.Filter)}
	}
	return nil
}

// UnmarshalFilter parses a filter in the form of MarshalFilter; null is nil.
// Unknown and missing keys are errors. So is every filter that CheckFilter
// returns an error for.
func UnmarshalFilter(b []byte) (Filter, error) {
	f, err := readJSON(b, 1)
	if err != nil {
		return nil, fmt.Errorf("read a filter from JSON: %w", err)
	}
	if err := CheckFilter(f); err != nil {
		return nil, err
	}
	return f, nil
}

func readJSON(b []byte, depth int) (Filter, error) {
	if depth > maxFilterDepth {
		return nil, fmt.Errorf("it is nested more than %d deep", maxFilterDepth)
	}
	if string(bytes.TrimSpace(b)) == "null" && depth == 1 {
		return nil, nil
	}
	var o struct {
		Field *string            `json:"field"`
		Op    *Op                `json:"op"`
		Value *any               `json:"value"`
		In    *[]any             `json:"in"`
		And   *[]json.RawMessage `json:"and"`
		Or    *[]json.RawMessage `json:"or"`
		Not   *json.RawMessage   `json:"not"`
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something follows the filter")
	}
	given := 0
	for _, there := range []bool{o.Field != nil, o.And != nil, o.Or != nil, o.Not != nil} {
		if there {
			given++
		}
	}
	switch {
	case given != 1, o.Field == nil && (o.Op != nil || o.Value != nil || o.In != nil):
		return nil, errors.New(`an object of a filter has either "field", "and", "or" or "not"`)
	case o.Not != nil:
		part, err := readJSON(*o.Not, depth+1)
		return Not{part}, err
	case o.And != nil:
		parts, err := readAllJSON(*o.And, depth)
		return And(parts), err
	case o.Or != nil:
		parts, err := readAllJSON(*o.Or, depth)
		return Or(parts), err
	case o.In != nil && o.Op == nil && o.Value == nil:
		return In{*o.Field, *o.In}, nil
	case o.In == nil && o.Op != nil && o.Value != nil:
		return Comparison{*o.Field, *o.Op, *o.Value}, nil
	}
	return nil, fmt.Errorf(`field %q needs either "op" and "value" or "in"`, *o.Field)
}

func readAllJSON(parts []json.RawMessage, depth int) ([]Filter, error) {
	filters := make([]Filter, len(parts))
	for i, part := range parts {
		f, err := readJSON(part, depth+1)
		if err != nil {
			return nil, err
		}
		filters[i] = f
	}
	return filters, nil
}
