package main

import (
	"net/http/httptest"
	"testing"

	"selfrag/cmd/selfrag/internal/setuptest"
)

// TestInitScripts runs the scenarios of init against a server that speaks the
// protocols of Ollama and of its library. The first part of an address names
// the models that the server has at the beginning, as in $OLLAMA/small, so that
// a scenario does not see the models that others have pulled.
func TestInitScripts(t *testing.T) {
	server := httptest.NewServer(setuptest.Server())
	t.Cleanup(server.Close)
	runScripts(t, "testdata/init", "OLLAMA="+server.URL, "LIBRARY="+server.URL+"/library", "HF_ENDPOINT=http://127.0.0.1:1", "PIP_INDEX_URL=http://127.0.0.1:1",
		"SELFRAG_EMBEDDER=none", "LANG=C", "SHELF=--library="+server.URL+"/library")
}
