package metrics

import "sync"

// other replaces the values of a label beyond the first most.
const other = "other"

// vocabulary bounds the number of values of a label. Strategies and steps may
// be a program's own, and Prometheus keeps a time series for each value as long
// as the program runs. It is safe for concurrent use.
type vocabulary struct {
	most int // maximum number of values per label

	mu    sync.Mutex
	known map[string]map[string]bool // by label
}

func newVocabulary(most int) *vocabulary {
	return &vocabulary{most: most, known: map[string]map[string]bool{}}
}

// word returns the value itself, or "other" if the label already has the
// maximum number of values. It returns "none" for "".
func (v *vocabulary) word(label, value string) string {
	if value == "" {
		return "none"
	}
	v.mu.Lock()
	defer v.mu.Unlock()
	known := v.known[label]
	switch {
	case known[value]:
		return value
	case len(known) >= v.most:
		return other
	case known == nil:
		known = map[string]bool{}
		v.known[label] = known
	}
	known[value] = true
	return value
}
