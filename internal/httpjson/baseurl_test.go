package httpjson

import "testing"

func TestBase(t *testing.T) {
	for address, want := range map[string]string{
		"http://127.0.0.1:8000":                "http://127.0.0.1:8000/v1",
		"http://127.0.0.1:8000/":               "http://127.0.0.1:8000/v1",
		"https://host/openai/v1/":              "https://host/openai/v1",
		"http://[::1]:8000":                    "http://[::1]:8000/v1",
		"127.0.0.1:8000":                       "",
		"host":                                 "",
		"ftp://host":                           "",
		"http://":                              "",
		"http://h/v1?key=k":                    "",
		" http://h/v1/embeddings/ ":            "http://h/v1",
		"http://h/v1/embeddings?api-version=1": "http://h/v1?api-version=1",
		"http://u:pw@h/v1":                     "",
		"http://h:pört/v1":                     "",
	} {
		u, err := Base(address, "/v1", "/embeddings")
		if (err == nil) != (want != "") {
			t.Errorf("%q: %v", address, err)
		}
		if err == nil && u.String() != want {
			t.Errorf("%q: got %q, want %q", address, u, want)
		}
	}
}

func TestJoin(t *testing.T) {
	base, err := Base("https://r.openai.azure.com/openai/deployments/e?api-version=1", "/v1")
	if err != nil {
		t.Fatal(err)
	}
	if got, want := Join(base, "/embeddings"), "https://r.openai.azure.com/openai/deployments/e/embeddings?api-version=1"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
