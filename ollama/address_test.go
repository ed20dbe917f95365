package ollama_test

import (
	"strings"
	"testing"

	"selfrag/ollama"
)

func TestAddress(t *testing.T) {
	tests := []struct{ address, env, want string }{
		{"", "", "http://127.0.0.1:11434"},
		{"", "10.0.0.1", "http://10.0.0.1:11434"},
		{"", "0.0.0.0:11500", "http://127.0.0.1:11500"},
		{"", `"gpu:1"`, "http://gpu:1"},
		{"box", "elsewhere", "http://box:11434"},
		{"box:1234", "", "http://box:1234"},
		{":1234", "", "http://127.0.0.1:1234"},
		{"http://box", "", "http://box"},
		{"https://box/ollama/", "", "https://box/ollama"},
		{"https://box:8443", "", "https://box:8443"},
		{"0.0.0.0", "", "http://127.0.0.1:11434"},
		{"::1", "", "http://[::1]:11434"},
		{"[::]:1234", "", "http://[::1]:1234"},
		{"http://[fe80::1]", "", "http://[fe80::1]"},
	}
	for _, test := range tests {
		t.Setenv("OLLAMA_HOST", test.env)
		client, err := ollama.New(ollama.Config{Address: test.address})
		if err != nil || client.Address() != test.want {
			t.Errorf("%q with OLLAMA_HOST=%q: got %v, %v, want %s", test.address, test.env, client, err, test.want)
		}
	}
}

func TestUnusableSettings(t *testing.T) {
	for want, cfg := range map[string]ollama.Config{
		"starts with ftp://":             {Address: "ftp://box"},
		"no valid port":                  {Address: "box:99999"},
		"neither host:port nor a URL":    {Address: "box:port"},
		"the context cannot have -1":     {ContextTokens: -1},
		"the temperature cannot be -0.5": {Temperature: -0.5},
		"cannot have -2 dimensions":      {EmbedDimensions: -2},
		"the dial timeout cannot be":     {DialTimeout: -1},
		"the backoff cannot be":          {Backoff: -1},
	} {
		if _, err := ollama.New(cfg); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}
