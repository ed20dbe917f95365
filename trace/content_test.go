package trace

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		name, in, want string
		most           int
		cut            bool
	}{
		{"within", `{"a":"b"}`, `{"a":"b"}`, 20, false},
		{"text", strings.Repeat("가", 50), strings.Repeat("가", 20) + "… (of 50 characters)", 40, true},
		{"strings in JSON", `{"q":"` + strings.Repeat("x", 100) + `","n":1.50}`, `{"n":1.50,"q":"xxxx… (of 100 characters)"}`, 50, true},
		{"escapes count", `["` + strings.Repeat(`\n`, 30) + `"]`, `["…"]`, 24, true},
		{"many small parts", `[` + strings.Repeat("1,", 50) + `1]`, `"[1,1,1,1,1,1,1,1,… (of 103 characters)"`, 40, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := Config{MaxRunes: c.most}.shorten(c.in, true)
			if got.text != c.want || got.cut != c.cut {
				t.Errorf("got %q (%d, cut %t), want %q", got.text, utf8.RuneCountInString(got.text), got.cut, c.want)
			}
		})
	}
}

// FuzzShorten checks that any text stays within the limit and that JSON stays
// JSON.
func FuzzShorten(f *testing.F) {
	f.Add(`{"question":"회의실은 몇 층에 있나요?","passages":[{"text":"3층"}]}`, 30)
	f.Add(strings.Repeat("a\"\\", 40), 25)
	f.Fuzz(func(t *testing.T, in string, most int) {
		most = 24 + max(0, most)%500
		cfg := Config{MaxRunes: most, Mask: func(s string) string { return strings.ReplaceAll(s, "3", "***") }}
		got := cfg.shorten(in, true)
		if n := utf8.RuneCountInString(got.text); n > most {
			t.Errorf("%d characters of at most %d: %q", n, most, got.text)
		}
		if json.Valid([]byte(in)) && (strings.HasPrefix(in, "{") || strings.HasPrefix(in, "[")) && !json.Valid([]byte(got.text)) {
			t.Errorf("%q became %q, which is no JSON", in, got.text)
		}
	})
}
