package claim

import "testing"

func TestSaid(t *testing.T) {
	for text, want := range map[string]string{
		"It opened in 1931. [1] It has two lanes. [2]": "It opened in 1931. It has two lanes.",
		"Not certain: It opened in 1931. [1]":          "It opened in 1931.",
		"확실하지 않습니다: 다리는 1931년에 열렸습니다. [1]":             "다리는 1931년에 열렸습니다.",
		"It is Not certain: 5.":                        "It is Not certain: 5.",
	} {
		if got := Said(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
