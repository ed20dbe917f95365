package api

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// limited is a server that limits the size of requests and has one path.
type limited struct {
	path    string
	batch   int    // documents; 0: any number
	letters int    // of a document; 0: any number
	refuses string // a field
	status  int
	says    string // what it refuses a request with

	asked []map[string]any
}

func (s *limited) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var body map[string]any
	_ = json.NewDecoder(r.Body).Decode(&body)
	if r.URL.Path != s.path {
		http.NotFound(w, r)
		return
	}
	s.asked = append(s.asked, body)
	texts, _ := body["documents"].([]any)
	if texts == nil {
		texts, _ = body["texts"].([]any)
	}
	over := s.batch > 0 && len(texts) > s.batch || s.refuses != "" && body[s.refuses] != nil
	results := []map[string]any{}
	for i, t := range texts {
		over = over || s.letters > 0 && len([]rune(t.(string))) > s.letters
		results = append(results, map[string]any{"index": float64(i), "score": float64(i), "relevance_score": float64(i)})
	}
	if over {
		w.WriteHeader(s.status)
		fmt.Fprintf(w, `{"error":{"message":%q}}`, s.says)
		return
	}
	if body["texts"] != nil {
		_ = json.NewEncoder(w).Encode(results)
		return
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"results": results})
}

// TestLimits uses services that refuse requests that are too large. All passages
// must be scored, and the second question must keep to what the first one learned.
func TestLimits(t *testing.T) {
	long := strings.Repeat("나룻배는 차를 싣습니다. ", 400)
	for name, test := range map[string]struct {
		provider Provider
		server   limited
		address  string // behind the server's
		first    int    // requests of the first question; the second takes as many as its batches
		second   int
	}{
		"nothing to learn":        {VLLM, limited{path: "/v1/rerank"}, "", 1, 1},
		"an address with /v1":     {VLLM, limited{path: "/v1/rerank"}, "/v1", 1, 1},
		"the whole address":       {VLLM, limited{path: "/v1/rerank"}, "/v1/rerank/", 1, 1},
		"a server without /v1":    {VLLM, limited{path: "/rerank"}, "/v1", 1, 1},
		"a server with /v1":       {Infinity, limited{path: "/v1/rerank"}, "", 1, 1},
		"a named number of texts": {TEI, limited{path: "/rerank", batch: 4, status: 422, says: "batch size 10 > maximum allowed batch size 4"}, "", 4, 3},
		"an unnamed number":       {VLLM, limited{path: "/v1/rerank", batch: 5, status: 413, says: "Payload Too Large"}, "", 3, 2},
		"too long for llama.cpp":  {VLLM, limited{path: "/v1/rerank", letters: 2000, status: 500, says: "input (4390 tokens) is too large to process. increase the physical batch size (current batch size: 512)"}, "", 4, 1},
		"too long for the model":  {Infinity, limited{path: "/rerank", letters: 1600, status: 400, says: "This model's maximum context length is 512 tokens."}, "", 2, 1},
		"too long, in Korean":     {VLLM, limited{path: "/v1/rerank", letters: 3000, status: 400, says: "입력 길이가 너무 깁니다"}, "", 3, 1},
		"truncation is not known": {VLLM, limited{path: "/v1/rerank", refuses: truncatesPrompt, status: 400, says: "truncate_prompt_tokens: Input should be greater than or equal to 1"}, "", 2, 1},
	} {
		t.Run(name, func(t *testing.T) {
			s := test.server
			hs := httptest.NewServer(&s)
			defer hs.Close()
			r, err := New(Config{Provider: test.provider, Address: hs.URL + test.address, Tries: 3})
			if err != nil {
				t.Fatal(err)
			}
			defer r.Close()
			passages := passagesOf(9)
			passages = append(passages, retrieval.Passage{ID: "long", Text: long})
			for i, want := range []int{test.first, test.second} {
				s.asked = nil
				ranked, err := r.Rerank(t.Context(), "which?", passages)
				if err != nil || len(ranked) != len(passages) || ranked[0].Rerank == nil {
					t.Fatalf("got %d passages, %v", len(ranked), err)
				}
				if len(s.asked) > want {
					t.Errorf("question %d took %d requests, not %d", i+1, len(s.asked), want)
				}
			}
			if passages[9].Text != long {
				t.Error("the passage itself was cut")
			}
		})
	}
}

// TestALimitThatCannotBeKept checks that reranking ends with the service's words.
func TestALimitThatCannotBeKept(t *testing.T) {
	s := limited{path: "/v1/rerank", letters: 1, status: 400, says: "too many tokens"}
	hs := httptest.NewServer(&s)
	defer hs.Close()
	r, err := New(Config{Provider: VLLM, Address: hs.URL, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	if _, err := r.Rerank(t.Context(), "which?", passagesOf(60)); err == nil || !strings.Contains(err.Error(), "too many tokens") {
		t.Errorf("got %v", err)
	}
}
