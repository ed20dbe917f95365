//go:build integration

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"selfrag/internal/onnx"
	"selfrag/serve/keys"
)

// installed returns a file in the cache that a script of scripts/ installs.
func installed(t testing.TB, script string, elements ...string) string {
	t.Helper()
	cache, err := onnx.CacheDir()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(append([]string{cache, script}, elements...)...)
	if _, err := os.Stat(path); err != nil {
		t.Fatalf("%v: scripts/%s installs it", err, script)
	}
	return path
}

// clients returns the commands that run a client of the API or of MCP against a
// server, by the client's name. Each takes the server's URL, a reader's key and a
// revoked key.
func clients(t *testing.T) map[string][]string {
	python := func(script string) []string {
		return []string{installed(t, "api-clients", "bin", "python"), "testdata/clients/" + script}
	}
	node := func(script string) []string {
		return []string{"node", "testdata/clients/" + script, filepath.Dir(installed(t, "api-clients", "js", "node_modules"))}
	}
	return map[string][]string{
		"openai for Python": python("openai_client.py"), "openai for JavaScript": node("openai_client.mjs"),
		"LangChain": python("langchain_client.py"), "LiteLLM": python("litellm_client.py"), "AI SDK": node("aisdk_client.mjs"),
		"MCP for Python": python("mcp_client.py"), "MCP for TypeScript": node("mcp_client.mjs"), "MCP inspector": node("inspector_client.mjs"),
	}
}

// TestClients runs the clients that people use against a server.
func TestClients(t *testing.T) {
	for name, command := range clients(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			m := newBridgeModel(t)
			m.slow = "Take your time"
			a := newServedApp(t, m)
			a.settings.Rate, a.settings.Burst = 20, 200
			s := startServer(t, a)
			key := s.key(keys.Key{Name: "client"})
			revoked := s.key(keys.Key{})
			if _, err := keys.In(a.settings.KeysDir()).Revoke(strings.Split(revoked, "_")[1]); err != nil {
				t.Fatal(err)
			}
			cmd := exec.CommandContext(t.Context(), command[0], append(command[1:], s.url, key, revoked)...)
			cmd.Env = append(os.Environ(), "PYTHONPYCACHEPREFIX="+filepath.Join(installed(t, "api-clients"), "bytecode"))
			out, err := cmd.CombinedOutput()
			t.Logf("%s", out)
			if err != nil || !strings.Contains(string(out), " passed: ") {
				t.Fatalf("%v\n%s", err, s.log)
			}
			// One client has too little time, another leaves a stream.
			if n := m.cancelled.Load(); strings.HasPrefix(name, "openai") && n < 2 {
				t.Errorf("%d calls of the model were cancelled", n)
			}
		})
	}
}

// TestSchemathesis generates requests from the OpenAPI file. SELFRAG_CASES is
// the number of requests per route.
func TestSchemathesis(t *testing.T) {
	a := newServedApp(t, newBridgeModel(t))
	a.settings.Reranker = "llm"
	s := startServer(t, a)
	key := s.key(keys.Key{Name: "schemathesis", Write: true})
	report := filepath.Join(t.TempDir(), "report")
	cmd := exec.CommandContext(t.Context(), installed(t, "api-clients", "bin", "schemathesis"), "--config-file", "testdata/schemathesis.toml", "run", s.url+"/api/v1/openapi.yaml", "--header", "Authorization: Bearer "+key,
		"--max-examples", strconv.Itoa(loadOf("SELFRAG_CASES", 10)), "--phases", "examples,coverage,fuzzing", "--seed", "1", "--workers", "1",
		"--request-timeout", "60", "--continue-on-failure", "--report-dir", report, "--no-color")
	out, err := cmd.CombinedOutput()
	t.Logf("%s", out)
	if err != nil {
		t.Error(err)
	}
	if strings.Contains(s.log.String(), `"status":500`) {
		t.Error("the server failed")
	}
	cases := regexp.MustCompile(`(\d+) generated`).FindStringSubmatch(string(out))
	if cases == nil {
		t.Error("it does not say how many cases there were")
	}
}
