package config

import "testing"

// TestNamesCollection distinguishes a collection to measure from the one that
// is configured for everyday questions.
func TestNamesCollection(t *testing.T) {
	for _, tc := range []struct {
		from  string
		ofArm bool
		want  bool
	}{
		{"default", false, false}, {"default", true, false},
		{"file selfrag.yaml", false, false}, {"file a.yaml", true, true},
		{"environment SELFRAG_COLLECTION", false, false}, {"environment SELFRAG_COLLECTION", true, false},
		{"flag --collection", false, true}, {"flag --collection", true, true},
	} {
		s := Settings{OfArm: tc.ofArm, from: map[string]string{"collection": tc.from}}
		if got := s.NamesCollection(); got != tc.want {
			t.Errorf("%s, of an arm %t: got %t", tc.from, tc.ofArm, got)
		}
	}
}
