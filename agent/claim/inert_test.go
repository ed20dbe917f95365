package claim

import "testing"

func TestInert(t *testing.T) {
	for text, want := range map[string]string{
		"It has two lanes! [1]":                            "It has two lanes! [1]",
		"two ![x](https://evil.example/p.png?q=lanes) [1]": "two [x](https://evil.example/p.png?q=lanes) [1]",
		"!![x][y]":                     "[x][y]",
		"a <IMG src=//evil.example/p>": "a < IMG src=//evil.example/p>",
		"a <script>x</script>":         "a < script>x< /script>",
		"x <y and <b>z</b>, <linked>":  "x <y and <b>z</b>, <linked>",
		"차로가 두 개입니다! [1]":              "차로가 두 개입니다! [1]",
	} {
		if got := Inert(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
