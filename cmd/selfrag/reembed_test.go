package main

import (
	"encoding/json"
	"hash/fnv"
	"net/http"
	"net/http/httptest"
	"sync/atomic"
	"testing"
)

// TestReembedScripts runs the scenarios of changing a collection's embedder,
// with a server of embeddings.
func TestReembedScripts(t *testing.T) {
	runScripts(t, "testdata/reembed", "OPENAI_BASE_URL="+serveEmbeddings(t), "OPENAI_API_KEY=")
}

// serveEmbeddings serves OpenAI's embeddings API. The vector of a text counts
// its bigrams, hashed together with the model's name. The model breaks-once
// refuses its third request.
func serveEmbeddings(t *testing.T) string {
	t.Helper()
	var asked atomic.Int64 // number of requests to breaks-once
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var req struct {
			Model string
			Input []string
		}
		if err := json.NewDecoder(r.Body).Decode(&req); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if req.Model == "breaks-once" && asked.Add(1) == 3 {
			http.Error(w, `{"error": {"message": "broken"}}`, http.StatusBadRequest)
			return
		}
		type datum struct {
			Index     int       `json:"index"`
			Embedding []float32 `json:"embedding"`
		}
		data := make([]datum, len(req.Input))
		for i, text := range req.Input {
			v := make([]float32, 16)
			runes := []rune(" " + text + " ")
			for j := 1; j < len(runes); j++ {
				sum := fnv.New32a()
				sum.Write([]byte(req.Model + string(runes[j-1:j+1])))
				v[sum.Sum32()%16]++
			}
			data[i] = datum{i, v}
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"data": data})
	}))
	t.Cleanup(server.Close)
	return server.URL + "/v1"
}
