package agent

import (
	"encoding/json"
	"testing"
)

func TestGradeJSON(t *testing.T) {
	for _, tc := range []struct {
		grade Grade
		want  string
	}{{Grade{}, "null"}, {Known(0.5), "0.5"}, {Known(7), "1"}} {
		b, err := json.Marshal(tc.grade)
		if err != nil || string(b) != tc.want {
			t.Errorf("%v: got %s, %v; want %s", tc.grade, b, err, tc.want)
		}
		var back Grade
		if err := json.Unmarshal(b, &back); err != nil || back != tc.grade {
			t.Errorf("%s: read back as %v, %v", b, back, err)
		}
	}
	if (Grade{}).Passes(0) {
		t.Error("an unknown grade passes")
	}
}
