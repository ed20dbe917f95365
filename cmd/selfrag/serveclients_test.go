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

func TestOpenAIsOwnClients(t *testing.T) {
	for language, command := range map[string][]string{
		"Python":     {installed(t, "api-clients", "bin", "python"), "testdata/openai_client.py"},
		"JavaScript": {"node", "testdata/openai_client.mjs", filepath.Dir(installed(t, "api-clients", "js", "node_modules"))},
	} {
		t.Run(language, func(t *testing.T) {
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
			out, err := exec.CommandContext(t.Context(), command[0], append(command[1:], s.url, key, revoked)...).CombinedOutput()
			t.Logf("%s", out)
			if err != nil {
				t.Fatalf("%v\n%s", err, s.log)
			}
			if m.cancelled.Load() == 0 {
				t.Error("no call of the model was cancelled")
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
