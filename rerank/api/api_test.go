package api

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/httpjson"
	"selfrag/retrieval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const key = "secret-key-42"

// vendor is a server that checks requests against a vendor's published schema
// and scores a text by its length.
type vendor struct {
	provider Provider
	path     string
	fields   map[string]string // the allowed fields and their JSON types
	required []string
	texts    string // name of the field of the texts
	limit    int    // texts per request
	answer   func(scores []float64) any

	mu       sync.Mutex
	requests []map[string]any
}

// list answers as most vendors do: best first, each with its index.
func list(field string) func([]float64) any {
	return func(scores []float64) any {
		results := []map[string]any{}
		for i, s := range scores {
			results = append(results, map[string]any{"index": i, "relevance_score": s})
		}
		slices.SortFunc(results, func(a, b map[string]any) int {
			return int(b["relevance_score"].(float64) - a["relevance_score"].(float64))
		})
		return map[string]any{"id": "x", field: results, "usage": map[string]int{"total_tokens": 1}}
	}
}

func vendors() []*vendor {
	return []*vendor{
		{provider: Cohere, path: "/v2/rerank", texts: "documents", limit: 1000, answer: list("results"),
			required: []string{"model", "query", "documents"},
			fields:   map[string]string{"model": "string", "query": "string", "documents": "list", "top_n": "number", "max_tokens_per_doc": "number", "priority": "number"}},
		{provider: Jina, path: "/v1/rerank", texts: "documents", limit: 1000, answer: list("results"),
			required: []string{"model", "query", "documents"},
			fields:   map[string]string{"model": "string", "query": "string", "documents": "list", "top_n": "number", "return_documents": "bool"}},
		{provider: Voyage, path: "/v1/rerank", texts: "documents", limit: 1000, answer: list("data"),
			required: []string{"model", "query", "documents"},
			fields:   map[string]string{"model": "string", "query": "string", "documents": "list", "top_k": "number", "return_documents": "bool", "truncation": "bool"}},
		{provider: TEI, path: "/rerank", texts: "texts", limit: 32,
			required: []string{"query", "texts"},
			fields:   map[string]string{"query": "string", "texts": "list", "raw_scores": "bool", "return_text": "bool", "truncate": "bool", "truncation_direction": "string"},
			answer: func(scores []float64) any {
				out := []map[string]any{}
				for i, s := range scores {
					out = append([]map[string]any{{"index": i, "score": s}}, out...)
				}
				return out
			}},
		{provider: Infinity, path: "/rerank", texts: "documents", limit: 2048, answer: list("results"),
			required: []string{"query", "documents"},
			fields:   map[string]string{"model": "string", "query": "string", "documents": "list", "top_n": "number", "return_documents": "bool", "raw_scores": "bool"}},
		{provider: VLLM, path: "/v1/rerank", texts: "documents", limit: 1 << 20, answer: list("results"),
			required: []string{"query", "documents"},
			fields:   map[string]string{"model": "string", "query": "string", "documents": "list", "top_n": "number", "truncate_prompt_tokens": "number", "user": "string", "priority": "number"}},
	}
}

func (v *vendor) check(r *http.Request) (texts []any, problem string) {
	var body map[string]any
	switch {
	case r.Method != http.MethodPost, r.URL.Path != v.path:
		return nil, r.Method + " " + r.URL.Path
	case r.Header.Get("Authorization") != "Bearer "+key:
		return nil, "no key"
	case r.Header.Get("Content-Type") != "application/json":
		return nil, "content type"
	}
	if err := json.NewDecoder(r.Body).Decode(&body); err != nil {
		return nil, err.Error()
	}
	for k, value := range body {
		kind := map[reflect.Kind]string{reflect.String: "string", reflect.Float64: "number", reflect.Bool: "bool", reflect.Slice: "list"}[reflect.ValueOf(value).Kind()]
		if v.fields[k] != kind {
			return nil, fmt.Sprintf("field %s is a %s, want %q", k, kind, v.fields[k])
		}
	}
	for _, k := range v.required {
		if _, ok := body[k]; !ok {
			return nil, "no field " + k
		}
	}
	v.mu.Lock()
	v.requests = append(v.requests, body)
	v.mu.Unlock()
	texts = body[v.texts].([]any)
	if len(texts) == 0 || len(texts) > v.limit {
		return nil, fmt.Sprintf("%d texts", len(texts))
	}
	return texts, ""
}

func (v *vendor) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	texts, problem := v.check(r)
	if problem != "" {
		w.WriteHeader(http.StatusUnprocessableEntity)
		fmt.Fprintf(w, `{"message":%q}`, problem)
		return
	}
	scores := make([]float64, len(texts))
	for i, t := range texts {
		scores[i] = float64(len([]rune(t.(string))))
	}
	_ = json.NewEncoder(w).Encode(v.answer(scores))
}

func newReranker(t *testing.T, p Provider, h http.Handler) *Reranker {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	r, err := New(Config{Provider: p, Address: s.URL + "/", Key: key, Tries: 2})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

func passagesOf(n int) []retrieval.Passage {
	out := make([]retrieval.Passage, n)
	for i := range out {
		out[i] = retrieval.Passage{ID: fmt.Sprint(i), Text: strings.Repeat("글", i%50+1)}
	}
	return out
}

func TestRerank(t *testing.T) {
	for _, v := range vendors() {
		t.Run(string(v.provider), func(t *testing.T) {
			r := newReranker(t, v.provider, v)
			for _, n := range []int{0, 1, 33, 1001} {
				passages := passagesOf(n)
				ranked, err := r.Rerank(t.Context(), `"which" <one>?`, passages)
				if err != nil || len(ranked) != n {
					t.Fatalf("%d passages: got %d, %v", n, len(ranked), err)
				}
				for i, p := range ranked {
					if want := float64(len([]rune(p.Text))); p.Score != want || p.Rerank == nil || *p.Rerank != want {
						t.Fatalf("%d passages: passage %s has score %v, want %v", n, p.ID, p.Score, want)
					}
					if i > 0 && ranked[i-1].Score < p.Score {
						t.Fatalf("%d passages: not best first", n)
					}
				}
				if n > 0 && passages[0].Rerank != nil {
					t.Fatal("the caller's passages were changed")
				}
			}
			for _, body := range v.requests {
				if body["query"] != `"which" <one>?` {
					t.Errorf("the query became %q", body["query"])
				}
			}
		})
	}
}

func TestRerankFails(t *testing.T) {
	says := func(answer string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, answer) })
	}
	for name, c := range map[string]struct {
		handler http.Handler
		want    string
	}{
		"too few scores":   {says(`{"results":[{"index":0,"relevance_score":1}]}`), "no score to text 1 of 2"},
		"a score twice":    {says(`{"results":[{"index":0,"relevance_score":1},{"index":0,"relevance_score":1}]}`), "text 0 twice"},
		"another text":     {says(`{"results":[{"index":7,"relevance_score":1}]}`), "text 7 of 2"},
		"a negative index": {says(`{"results":[{"index":-1,"relevance_score":1}]}`), "text -1 of 2"},
		"no index":         {says(`{"results":[{"relevance_score":1}]}`), "lacks index"},
		"null scores":      {says(`{"results":[{"index":0,"relevance_score":null}]}`), "lacks index or relevance_score"},
		"no results":       {says(`{}`), `field "results"`},
		"a list":           {says(`[]`), "not a JSON object"},
		"refused": {http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.WriteHeader(http.StatusUnauthorized)
			fmt.Fprintf(w, `{"message":"invalid api token %s"}`, key)
		}), "refused the key"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := newReranker(t, Cohere, c.handler).Rerank(t.Context(), "q", passagesOf(2))
			if err == nil || !strings.Contains(err.Error(), c.want) || !strings.Contains(err.Error(), "cohere/rerank-v3.5") {
				t.Errorf("got %v, want %q in it", err, c.want)
			}
			if err != nil && strings.Contains(err.Error(), key) {
				t.Errorf("the key is in the error: %v", err)
			}
		})
	}
}

func TestTeiScoresWithoutIndex(t *testing.T) {
	h := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, `[{"score":0.5}]`) })
	if _, err := newReranker(t, TEI, h).Rerank(t.Context(), "q", passagesOf(1)); err == nil || !strings.Contains(err.Error(), "lacks index") {
		t.Errorf("got %v", err)
	}
}

func TestRerankEndsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	h := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // otherwise the server does not notice that the client is gone
		cancel()
		<-r.Context().Done()
	})
	if _, err := newReranker(t, Jina, h).Rerank(ctx, "q", passagesOf(2)); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestNew(t *testing.T) {
	for name, c := range map[string]struct {
		cfg  Config
		want string
	}{
		"no provider":  {Config{}, "use one of cohere, infinity, jina, tei, vllm, voyage"},
		"no key":       {Config{Provider: Voyage}, "set VOYAGE_API_KEY"},
		"no address":   {Config{Provider: TEI}, "no address"},
		"a split key":  {Config{Provider: Cohere, Key: "a\nb"}, "line break"},
		"of one's own": {Config{Provider: VLLM, Address: "http://127.0.0.1:1"}, ""},
		"a vendor":     {Config{Provider: Jina, Key: "k"}, ""},
	} {
		r, err := New(c.cfg)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want %q", name, err, c.want)
		}
		if r != nil {
			r.Close()
		}
	}
}

func TestNobodyThere(t *testing.T) {
	s := httptest.NewServer(nil)
	s.Close()
	r, err := New(Config{Provider: TEI, Address: s.URL, Tries: 1})
	if err != nil {
		t.Fatal(err)
	}
	_, err = r.Rerank(t.Context(), "q", passagesOf(1))
	var unreachable *httpjson.UnreachableError
	if !errors.As(err, &unreachable) {
		t.Errorf("got %v", err)
	}
}
