package eval

import "testing"

func TestNormaliseAnswer(t *testing.T) {
	for _, tc := range []struct{ lang, in, want string }{
		{"en", "The  Cat's, a\thorse!", "cats horse"},
		{"en", "An A and THE", "and"},
		{"en", "theatre a-an", "theatre aan"},
		{"en", "état a\u0301 aé", "état \u0301 aé"},
		{"en", "ΟΔΟΣ 1,200", "οδο\u03c2 1200"},
		{"en", "“quoted” 3.5%", "“quoted” 35"},
		{"ko", "《대한 민국》의 '서울(수도)'", "대한 민국 의 서울 수도"},
		{"ko", "The 3.5%, A", "the 35 a"},
	} {
		if got := NormaliseAnswer(tc.lang, tc.in); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.in, got, tc.want)
		}
	}
}
