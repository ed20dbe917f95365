// Package setuptest provides the server for tests of init.
package setuptest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
)

// Server returns a handler that emulates an Ollama server and Ollama's model
// library, as far as init uses them. The first element of a path names the
// models that the Ollama server has at the beginning: /small/api/tags lists
// qwen2.5-coder:0.5b.
func Server() http.Handler {
	var mu sync.Mutex
	there := map[string][]string{"small": {"qwen2.5-coder:0.5b"}, "good": {"gemma3:4b"}, "own": {"mine:latest"}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{server}/api/version", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `{"version":"0.17.4"}`) })
	mux.HandleFunc("GET /{server}/api/ps", func(w http.ResponseWriter, r *http.Request) {
		vram := 0
		if r.PathValue("server") == "card" {
			vram = 100
		}
		fmt.Fprintf(w, `{"models":[{"name":"m","size":100,"size_vram":%d}]}`, vram)
	})
	mux.HandleFunc("GET /{server}/api/tags", func(w http.ResponseWriter, r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		var list []string
		for _, name := range there[r.PathValue("server")] {
			list = append(list, fmt.Sprintf(`{"name":%q,"model":%q,"size":1000000000,"details":{"family":"qwen2"}}`, name, name))
		}
		fmt.Fprintf(w, `{"models":[%s]}`, strings.Join(list, ","))
	})
	mux.HandleFunc("POST /{server}/api/pull", func(w http.ResponseWriter, r *http.Request) {
		var req struct{ Model string }
		_ = json.NewDecoder(r.Body).Decode(&req)
		w.Header().Set("Content-Type", "application/x-ndjson")
		switch name := r.PathValue("server"); {
		case name == "cut-off":
			fmt.Fprintln(w, `{"error":"pull model manifest: Get \"https://registry.ollama.ai\": dial tcp: no route to host"}`)
			return
		case strings.HasPrefix(req.Model, "nobody/"):
			fmt.Fprintln(w, `{"error":"pull model manifest: file does not exist"}`)
			return
		default:
			mu.Lock()
			there[name] = append(there[name], req.Model)
			mu.Unlock()
		}
		for _, line := range []string{
			`{"status":"pulling manifest"}`, `{"status":"pulling x","digest":"sha256:x","total":100,"completed":50}`,
			`{"status":"pulling x","digest":"sha256:x","total":100,"completed":100}`, `{"status":"success"}`,
		} {
			fmt.Fprintln(w, line)
		}
	})
	mux.HandleFunc("HEAD /library/v2/{$}", func(http.ResponseWriter, *http.Request) {})
	mux.HandleFunc("GET /library/v2/library/{model}/manifests/{tag}", func(w http.ResponseWriter, r *http.Request) {
		if r.PathValue("model") == "gemma3" {
			http.NotFound(w, r)
			return
		}
		fmt.Fprint(w, `{"layers":[{"size":2600000000},{"size":100}]}`)
	})
	return mux
}
