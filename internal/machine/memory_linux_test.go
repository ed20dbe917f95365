package machine

import "testing"

func TestParseMeminfo(t *testing.T) {
	for text, want := range map[string]int64{
		"MemTotal:       24689780 kB\nMemFree: 1 kB\n": 24689780 << 10,
		"MemFree: 1 kB\n":     0,
		"MemTotal: many kB\n": 0,
		"MemTotal: -5 kB\n":   0,
		"":                    0,
	} {
		if got := parseMeminfo(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}
