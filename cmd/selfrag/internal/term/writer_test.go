package term

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"
)

func TestWriterEscapes(t *testing.T) {
	for name, tc := range map[string]struct {
		give []string // writes
		want string
	}{
		"text":                     {[]string{"연차 5 €\tx\n"}, "연차 5 €\tx\n"},
		"a colour":                 {[]string{"\x1b[31mred\x1b[0m"}, `\u001b[31mred\u001b[0m`},
		"a control of eight bits":  {[]string{"\u009b2J"}, `\u009b2J`},
		"a byte that is one alone": {[]string{"a\x9b2J"}, "a\uFFFD2J"},
		"text to the left":         {[]string{"a\u202egpj.exe \u2066x"}, `a\u202egpj.exe \u2066x`},
		"the line again":           {[]string{"failed\rdone\r\n"}, `failed\u000ddone` + "\n"},
		"a bell, and DEL":          {[]string{"\a\x7f\x00"}, `\u0007\u007f\u0000`},
		"a rune in two writes":     {[]string{"\xec\x97", "\xb0차"}, "연차"},
		"a control in two writes":  {[]string{"\xc2", "\x9b"}, `\u009b`},
		"a letter of Arabic":       {[]string{"\u200fא"}, "\u200fא"},
	} {
		var out strings.Builder
		w := NewWriter(&out)
		for _, p := range tc.give {
			if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
				t.Errorf("%s: wrote %d, %v", name, n, err)
			}
		}
		if out.String() != tc.want {
			t.Errorf("%s: got %q, want %q", name, out.String(), tc.want)
		}
	}
}

func TestWriterHidesPasswords(t *testing.T) {
	var out strings.Builder
	w := NewWriter(&out)
	w.Hide("s3cr3t%40", "s3cr3t@", "a")
	for _, p := range []string{"http://me:s3cr3t%40@host/v1: refused s3cr3t@.\n", "http://me:a@host, and a word\n"} {
		if n, err := w.Write([]byte(p)); n != len(p) || err != nil {
			t.Errorf("wrote %d, %v", n, err)
		}
	}
	if want := "http://me:***@host/v1: refused ***.\nhttp://me:***@host, and a word\n"; out.String() != want {
		t.Errorf("got %q", out.String())
	}
}

// full is a disk without room.
type full struct{ writes int }

func (f *full) Write([]byte) (int, error) {
	f.writes++
	return 0, fmt.Errorf("no space left, %d", f.writes)
}

func TestWriterKeepsItsFirstError(t *testing.T) {
	w := NewWriter(&full{})
	for range 2 {
		if _, err := w.Write([]byte("x")); err == nil {
			t.Error("no error")
		}
	}
	if err := w.Err(); err == nil || err.Error() != "no space left, 1" {
		t.Errorf("got %v", err)
	}
}

// JSON stays the same JSON.
func TestWriterKeepsJSON(t *testing.T) {
	same := func(s string) bool {
		s = strings.ToValidUTF8(s, "") + "\x1b\u009b\u202e\x7f"
		var out strings.Builder
		if err := (Streams{Out: NewWriter(&out)}).JSON(s); err != nil {
			t.Fatal(err)
		}
		var got string
		err := json.Unmarshal([]byte(out.String()), &got)
		return err == nil && got == s && strings.IndexFunc(out.String(), unsafe) < 0
	}
	if err := quick.Check(same, nil); err != nil {
		t.Error(err)
	}
}

// The colours of its styles pass; those of a text do not.
func TestWriterPassesItsStyles(t *testing.T) {
	var out strings.Builder
	w := NewWriter(&out)
	style := Style{on: true, begin: w.begin}
	if _, err := w.Write([]byte(style.Good("ok") + " \x1b[32mforged\x1b[0m")); err != nil {
		t.Fatal(err)
	}
	if want := "\x1b[32mok\x1b[0m " + `\u001b[32mforged\u001b[0m`; out.String() != want {
		t.Errorf("got %q, want %q", out.String(), want)
	}
	if Raw(w) != &out {
		t.Error("Raw is not the output")
	}
}

func FuzzWriter(f *testing.F) {
	f.Add("a\x1b[2J", "\u009b\xc2")
	f.Fuzz(func(t *testing.T, first, second string) {
		var out strings.Builder
		w := NewWriter(&out)
		for _, p := range []string{first, second} {
			if _, err := w.Write([]byte(p)); err != nil {
				t.Fatal(err)
			}
		}
		if got := out.String(); strings.IndexFunc(got, unsafe) >= 0 || !utf8.ValidString(got) {
			t.Fatalf("%q, %q come out as %q", first, second, got)
		}
	})
}
