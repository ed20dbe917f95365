package ingest

import (
	"encoding/json"
	"maps"
	"path"
	"path/filepath"
	"strings"

	"selfrag/retrieval"
)

// fieldsSet holds the fields that are set for a document.
type fieldsSet struct {
	fields  map[string]any
	written any // the fields as JSON, for retrieval.SetFields; nil if there are none
}

// setFields returns the fields that are set for a document. It applies the changes in
// their order to the fields that are stored. A nil value removes a field.
func setFields(stored map[string]any, changes ...map[string]any) (fieldsSet, error) {
	fields := maps.Clone(retrieval.FieldsSet(stored))
	if fields == nil {
		fields = map[string]any{}
	}
	for _, change := range changes {
		maps.Copy(fields, change)
	}
	maps.DeleteFunc(fields, func(_ string, value any) bool { return value == nil })
	if err := retrieval.CheckFields(fields); err != nil {
		return fieldsSet{}, err
	}
	if len(fields) == 0 {
		return fieldsSet{}, nil
	}
	written, err := json.Marshal(fields) // with the keys in order
	return fieldsSet{fields, string(written)}, err
}

// addTo returns the metadata of a document with its folder and the fields that
// are set.
func (s fieldsSet) addTo(metadata map[string]any, source string) map[string]any {
	out := maps.Clone(metadata)
	if out == nil {
		out = map[string]any{}
	}
	if folder := folderOf(source); folder != "" && out[retrieval.Folder] == nil {
		out[retrieval.Folder] = folder
	}
	maps.Copy(out, s.fields)
	return out
}

// folderOf returns the folder of a source that is a path, or that is an upload of a
// folder's file. It returns "" for other sources and for a file that is in no folder.
func folderOf(source string) string {
	file, uploaded := strings.CutPrefix(source, uploadPrefix)
	if !uploaded {
		var err error
		if file, err = PathOf(source); err != nil || isURL(source) {
			return ""
		}
	}
	if dir := path.Dir(filepath.ToSlash(file)); dir != "." && dir != "/" {
		return dir
	}
	return ""
}
