package retrieval

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Folder is the key of the metadata that holds the folder of a document's file,
// as its source has it, such as "handbook/legal". A document without a folder
// lacks the key.
const Folder = "folder"

// SetFields is the key of a document's metadata that holds, as JSON, the fields
// that were set when the document was ingested. Passages do not have it.
const SetFields = "set_fields"

// The limits of fields that are set for a document.
const (
	maxFields     = 50
	maxFieldName  = 64   // runes
	maxFieldValue = 1000 // runes
)

// IsTaken reports whether a key of metadata has a meaning of its own, so that a
// file may not use it: a filter takes it for a field of the passage, such as
// "source", or the program sets it itself.
func IsTaken(key string) bool {
	return slices.Contains([]string{"id", "document", "source", "title", "split", SetFields, Places, HiddenSpans, ParentStart, ParentEnd}, key)
}

// ParseField parses a field in the form name=value. A value is a bool if it is
// true or false, a number if it is written as a number is printed, and else a
// text. A text in double quotes stays a text: name="2024". An empty value is
// nil, which stands for a field to take away.
func ParseField(s string) (name string, value any, err error) {
	name, written, ok := strings.Cut(s, "=")
	if name = strings.TrimSpace(name); !ok {
		return "", nil, fmt.Errorf("%q has no =: write a field as name=value", s)
	}
	value = written
	n, notNumber := strconv.ParseFloat(written, 64)
	switch {
	case written == "":
		value = nil
	case written == "true", written == "false":
		value = written == "true"
	case notNumber == nil && strconv.FormatFloat(n, 'f', -1, 64) == written:
		value = n // numbers such as 007 and 1e3 stay texts, because they may be names
	case len(written) >= 2 && strings.HasPrefix(written, `"`) && strings.HasSuffix(written, `"`):
		value = written[1 : len(written)-1]
	}
	return name, value, CheckFields(map[string]any{name: value})
}

// CheckFields returns an error for fields that cannot be set for a document. A
// name has 1 to 64 characters and is neither taken (IsTaken) nor the name of a
// place, such as "page". A value is a string of at most 1,000 characters, a finite
// float64, a bool, or nil. There are at most 50 fields.
func CheckFields(fields map[string]any) error {
	if len(fields) > maxFields {
		return fmt.Errorf("there are %d fields: at most %d are possible", len(fields), maxFields)
	}
	for name, value := range fields {
		if err := checkFieldSet(name, value); err != nil {
			return err
		}
	}
	return nil
}

func checkFieldSet(name string, value any) error {
	switch {
	case name == "":
		return errors.New("a field has no name")
	case !utf8.ValidString(name) || strings.ContainsFunc(name, unicode.IsControl) || utf8.RuneCountInString(name) > maxFieldName:
		return fmt.Errorf("%.64q is not a valid name of a field: use at most %d characters", name, maxFieldName)
	case IsTaken(name) || slices.Contains(placeKeys(), name):
		return fmt.Errorf("the field %s has a meaning of its own: choose another name", name)
	}
	switch v := value.(type) {
	case nil, bool:
		return nil
	case float64:
		if !math.IsNaN(v) && !math.IsInf(v, 0) {
			return nil
		}
	case string:
		if !utf8.ValidString(v) || utf8.RuneCountInString(v) > maxFieldValue {
			return fmt.Errorf("the value of field %s is not a text of at most %d characters", name, maxFieldValue)
		}
		return nil
	}
	return fmt.Errorf("the value of field %s is neither a text, a number, true nor false", name)
}

// FieldsSet returns the fields that were set for a document, from its metadata.
func FieldsSet(metadata map[string]any) map[string]any {
	written, _ := metadata[SetFields].(string)
	var fields map[string]any
	if json.Unmarshal([]byte(written), &fields) != nil {
		return nil
	}
	return fields
}

// Shown returns the metadata of a document or passage without the keys that are
// only for the program itself.
func Shown(metadata map[string]any) map[string]any {
	out := map[string]any{}
	for key, value := range metadata {
		switch key {
		case "split", SetFields, HiddenSpans, ParentStart, ParentEnd, Places:
		default:
			out[key] = value
		}
	}
	return out
}

// Fields returns the fields of a document that its file or somebody gave it:
// the metadata without its place, its folder and the time of its last change.
func Fields(metadata map[string]any) map[string]any {
	out := Shown(metadata)
	for _, key := range append(placeKeys(), Folder, Modified) {
		delete(out, key)
	}
	return out
}
