package httpjson

import "testing"

func TestBaseURL(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:8000":   "http://127.0.0.1:8000/v1",
		"http://127.0.0.1:8000/":  "http://127.0.0.1:8000/v1",
		"https://host/openai/v1/": "https://host/openai/v1",
		"http://[::1]:8000":       "http://[::1]:8000/v1",
		"127.0.0.1:8000":          "",
		"host":                    "",
		"ftp://host":              "",
		"http://":                 "",
		"http://h/v1?key=k":       "",
		"http://u:pw@h/v1":        "",
		"http://h:pört/v1":        "",
	} {
		if got, ok := BaseURL(address, "/v1"); got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %v; want %q", address, got, ok, want)
		}
	}
}
