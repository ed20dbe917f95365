package replay

import (
	"encoding/json"
	"reflect"
	"testing"
)

func TestDiffThenMerge(t *testing.T) {
	objects := []string{
		`{}`, `{"a":1}`, `{"a":{"b":1,"c":[1,null]}}`, `{"a":{"c":[2]}}`, `{"a":[{"b":1}]}`, `{"a":{},"d":""}`, `{"a":{"b":{"e":false}}}`,
	}
	parse := func(text string) (m map[string]any) {
		if err := json.Unmarshal([]byte(text), &m); err != nil {
			t.Fatal(err)
		}
		return m
	}
	for _, from := range objects {
		for _, to := range objects {
			patch := diff(parse(from), parse(to))
			if got := merge(parse(from), patch); !reflect.DeepEqual(got, parse(to)) {
				t.Errorf("%s to %s: patch %v gives %v", from, to, patch, got)
			}
		}
	}
}
