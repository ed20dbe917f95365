package ollama_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"reflect"
	"strings"
	"sync"
	"testing"

	"selfrag/ollama"
)

func TestEmbedSendsBatchesAndKeepsTheOrder(t *testing.T) {
	var mu sync.Mutex
	var sizes []int
	client := newClient(t, reading(func(w http.ResponseWriter, _ *http.Request, body []byte) {
		var req struct {
			Model string
			Input []string
		}
		if err := json.Unmarshal(body, &req); err != nil || req.Model != "embedder" {
			t.Errorf("got %s", body)
		}
		vectors := make([][]float32, len(req.Input))
		for i, text := range req.Input {
			var n float32
			fmt.Sscanf(text, "text %f", &n)
			vectors[i] = []float32{n, 1}
		}
		mu.Lock()
		sizes = append(sizes, len(req.Input))
		mu.Unlock()
		_ = json.NewEncoder(w).Encode(map[string]any{"embeddings": vectors})
	}))
	texts := make([]string, 70)
	for i := range texts {
		texts[i] = fmt.Sprintf("text %d", i)
	}
	vectors, err := client.Embed(t.Context(), "embedder", texts)
	if err != nil {
		t.Fatal(err)
	}
	for i, v := range vectors {
		if len(vectors) != 70 || v[0] != float32(i) {
			t.Fatalf("vector %d of %d is %v", i, len(vectors), v)
		}
	}
	if !reflect.DeepEqual(sizes, []int{32, 32, 6}) {
		t.Errorf("batches of %v", sizes)
	}
}

func TestEmbedNothing(t *testing.T) {
	client := newClient(t, func(http.ResponseWriter, *http.Request) { t.Error("a request was sent") })
	if vectors, err := client.EmbedDocuments(t.Context(), nil); err != nil || len(vectors) != 0 {
		t.Errorf("got %v, %v", vectors, err)
	}
	if _, err := client.EmbedDocuments(t.Context(), []string{"a", ""}); err == nil || !strings.Contains(err.Error(), "text 2 of 2 is empty") {
		t.Errorf("got %v", err)
	}
}

func TestEmbedRefusesWrongVectors(t *testing.T) {
	for body, want := range map[string]string{
		`{"embeddings":[[1,2]]}`:       "1 vectors for 2 texts",
		`{"embeddings":[[1,2],[1]]}`:   "vector 2 has 1 dimensions where the first has 2",
		`{"embeddings":[[],[]]}`:       "vector 1 has 0 dimensions",
		`{"embeddings":[[1,2],["x"]]}`: "cannot unmarshal",
	} {
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(body))
		})
		if _, err := client.EmbedDocuments(t.Context(), []string{"a", "b"}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v", body, err)
		}
	}
}

// A model that only embeds keeps its own context; one that chats as well must not be loaded anew for every change of work.
func TestEmbedContextSize(t *testing.T) {
	var sent map[string]any
	address := newClient(t, reading(func(w http.ResponseWriter, _ *http.Request, body []byte) {
		sent = object(t, body)
		_, _ = w.Write([]byte(`{"embeddings":[[1]]}`))
	})).Address()
	tests := []struct {
		cfg  ollama.Config
		want any
	}{
		{ollama.Config{Address: address, Model: "chats", EmbedModel: "embeds", EmbedDimensions: 512}, nil},
		{ollama.Config{Address: address, Model: "both", EmbedModel: "both", ContextTokens: 2048}, map[string]any{"num_ctx": 2048.0}},
	}
	for _, test := range tests {
		if _, err := dial(t, test.cfg).EmbedQuery(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if !reflect.DeepEqual(sent["options"], test.want) {
			t.Errorf("%s: options %v, want %v", test.cfg.EmbedModel, sent["options"], test.want)
		}
		if d := test.cfg.EmbedDimensions; d > 0 && sent["dimensions"] != float64(d) {
			t.Errorf("dimensions %v, want %d", sent["dimensions"], d)
		}
	}
}
