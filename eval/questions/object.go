package questions

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
)

// object is a JSON object that keeps the order of its fields, and the bytes of
// the values that are not changed.
type object []field

type field struct {
	key   string
	value json.RawMessage
}

// parseObject reads one JSON object.
func parseObject(line []byte) (object, error) {
	d := json.NewDecoder(bytes.NewReader(line))
	if t, err := d.Token(); err != nil || t != json.Delim('{') {
		return nil, cmpError(err, "it is not a JSON object")
	}
	var o object
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, err
		}
		f := field{key: fmt.Sprint(key)}
		if err := d.Decode(&f.value); err != nil {
			return nil, err
		}
		o = append(o, f)
	}
	if _, err := d.Token(); err != nil { // the closing brace
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("text follows its JSON object")
	}
	return o, nil
}

func cmpError(err error, otherwise string) error {
	if err != nil {
		return err
	}
	return errors.New(otherwise)
}

// with returns a copy with a field set to a value.
func (o object) with(key string, value any) (object, error) {
	b, err := encode(value)
	if err != nil {
		return nil, fmt.Errorf("write %s: %w", key, err)
	}
	f := field{key, bytes.TrimSpace(b)}
	out := slices.Clone(o)
	if i := o.index(key); i >= 0 {
		out[i] = f
		return out, nil
	}
	return append(out, f), nil
}

// without returns a copy without a field.
func (o object) without(key string) object {
	return slices.DeleteFunc(slices.Clone(o), func(f field) bool { return f.key == key })
}

func (o object) index(key string) int {
	return slices.IndexFunc(o, func(f field) bool { return f.key == key })
}

// bytes returns the object as a line.
func (o object) bytes() []byte {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, f := range o {
		if i > 0 {
			b.WriteString(", ")
		}
		key, _ := encode(f.key) // a string can be encoded
		b.Write(bytes.TrimSpace(key))
		b.WriteString(": ")
		b.Write(f.value)
	}
	b.WriteString("}\n")
	return b.Bytes()
}
