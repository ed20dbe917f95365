package metrics

import "sync"

// other stands for the values of a label beyond those that are kept.
const other = "other"

// vocabulary bounds how many values a label takes: strategies and steps may be
// a program's own, and a time series is kept for each value as long as the
// program runs. It is safe for concurrent use.
type vocabulary struct {
	most int // of a label

	mu    sync.Mutex
	known map[string]map[string]bool // by label
}

func newVocabulary(most int) *vocabulary {
	return &vocabulary{most: most, known: map[string]map[string]bool{}}
}

// word is the value itself, or "other" when the label has its number of them.
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
