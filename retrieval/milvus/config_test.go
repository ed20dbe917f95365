package milvus

import (
	"crypto/tls"
	"testing"
)

func TestAddress(t *testing.T) {
	for address, want := range map[string]struct {
		address string
		secure  bool
	}{
		"":                             {"127.0.0.1:19530", false},
		"milvus":                       {"milvus:19530", false},
		"milvus:1":                     {"milvus:1", false},
		"http://milvus:1/":             {"milvus:1", false},
		"https://milvus.example.org":   {"milvus.example.org:19530", true},
		"https://milvus.example.org:1": {"milvus.example.org:1", true},
		"[::1]":                        {"[::1]:19530", false},
		"[::1]:2":                      {"[::1]:2", false},
	} {
		got, err := Config{Address: address}.withDefaults()
		if err != nil || got.Address != want.address || (got.TLS != nil) != want.secure {
			t.Errorf("%q: got %q, TLS %v, %v", address, got.Address, got.TLS != nil, err)
		}
	}
	own := &tls.Config{ServerName: "own", MinVersion: tls.VersionTLS13}
	if got, _ := (Config{Address: "https://h", TLS: own}).withDefaults(); got.TLS != own {
		t.Error("the caller's own TLS settings were replaced")
	}
}
