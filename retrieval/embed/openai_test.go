package embed

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"selfrag/internal/httpjson"
	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// openAIServer checks requests against the schema that OpenAI publishes. It
// returns a vector made from the length of each text, the last one first.
type openAIServer struct {
	*httptest.Server
	mu       sync.Mutex
	requests []openAIAsked
	// answer, if not nil, may answer in place of the server. It reports whether
	// it did. n counts requests from 1.
	answer func(n int, w http.ResponseWriter) bool
}

type openAIAsked struct {
	Model      string
	Input      []string
	Dimensions int
	Key        string
}

func newOpenAIServer(t *testing.T) *openAIServer {
	t.Helper()
	s := &openAIServer{}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked, err := readOpenAIRequest(r)
		if err != nil {
			t.Errorf("a request breaks the schema: %v", err)
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.requests = append(s.requests, asked)
		n, answer := len(s.requests), s.answer
		s.mu.Unlock()
		if answer != nil && answer(n, w) {
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_ = json.NewEncoder(w).Encode(map[string]any{
			"object": "list", "model": asked.Model, "data": lengths(asked),
			"usage": map[string]int{"prompt_tokens": 1, "total_tokens": 1},
		})
	}))
	t.Cleanup(s.Close)
	return s
}

func lengths(asked openAIAsked) []map[string]any {
	var data []map[string]any
	for i, text := range slices.Backward(asked.Input) {
		v := make([]float32, max(asked.Dimensions, 3))
		v[0], v[1] = float32(len(text)), 1
		data = append(data, map[string]any{"object": "embedding", "index": i, "embedding": v})
	}
	return data
}

// readOpenAIRequest returns an error for requests outside the schema: unknown
// fields, empty texts, more than 2,048 texts, unknown formats.
func readOpenAIRequest(r *http.Request) (openAIAsked, error) {
	var body struct {
		Model          *string  `json:"model"`
		Input          []string `json:"input"`
		EncodingFormat string   `json:"encoding_format"`
		Dimensions     *int     `json:"dimensions"`
		User           string   `json:"user"`
	}
	decoder := json.NewDecoder(r.Body)
	decoder.DisallowUnknownFields()
	err := decoder.Decode(&body)
	asked := openAIAsked{Input: body.Input, Key: r.Header.Get("Authorization")}
	switch {
	case err != nil:
		return asked, err
	case r.Method != http.MethodPost || r.URL.Path != "/v1/embeddings":
		return asked, fmt.Errorf("it is %s %s", r.Method, r.URL.Path)
	case r.Header.Get("Content-Type") != "application/json":
		return asked, fmt.Errorf("its type is %q", r.Header.Get("Content-Type"))
	case body.Model == nil || *body.Model == "":
		return asked, errors.New("it has no model")
	case len(body.Input) == 0 || len(body.Input) > 2048 || slices.Contains(body.Input, ""):
		return asked, fmt.Errorf("its texts are %q", body.Input)
	case body.EncodingFormat != "float" && body.EncodingFormat != "":
		return asked, fmt.Errorf("its format is %q", body.EncodingFormat)
	}
	asked.Model = *body.Model
	if body.Dimensions != nil {
		if asked.Dimensions = *body.Dimensions; asked.Dimensions < 1 {
			return asked, fmt.Errorf("it wants %d dimensions", asked.Dimensions)
		}
	}
	return asked, nil
}

func (s *openAIServer) open(t *testing.T, cfg OpenAIConfig) *OpenAI {
	t.Helper()
	cfg.Address = s.URL
	o, err := NewOpenAI(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(o.Close)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests = nil
	return o
}

func TestOpenAIEmbeds(t *testing.T) {
	s := newOpenAIServer(t)
	o := s.open(t, OpenAIConfig{Model: "intfloat/multilingual-e5-small", Key: "sk-1", Batch: 2})
	got, err := o.EmbedDocuments(t.Context(), []string{"a", "bb", "물"})
	if err != nil {
		t.Fatal(err)
	}
	for i, n := range []float32{1, 2, 3} {
		if want := vec.Unit([]float32{n + float32(len("passage: ")), 1, 0}); !slices.Equal(got[i], want) {
			t.Errorf("text %d: got %v, want %v", i, got[i], want)
		}
	}
	if _, err := o.EmbedQuery(t.Context(), "q"); err != nil {
		t.Fatal(err)
	}
	const model = "intfloat/multilingual-e5-small"
	want := []openAIAsked{
		{model, []string{"passage: a", "passage: bb"}, 0, "Bearer sk-1"},
		{model, []string{"passage: 물"}, 0, "Bearer sk-1"},
		{model, []string{"query: q"}, 0, "Bearer sk-1"},
	}
	if fmt.Sprint(s.requests) != fmt.Sprint(want) {
		t.Errorf("asked for %v, want %v", s.requests, want)
	}
	spec := o.Spec()
	if !spec.Same(retrieval.EmbedderSpec{
		Model: "openai/" + model, Dimensions: 3, Metric: "cosine", Pooling: "server", Normalised: true,
		QueryPrompt: "query: ", PassagePrompt: "passage: ",
	}) {
		t.Errorf("got %+v", spec)
	}
}

func TestOpenAIDimensions(t *testing.T) {
	s := newOpenAIServer(t)
	o := s.open(t, OpenAIConfig{Model: "text-embedding-3-small", Dimensions: 512})
	if _, err := o.EmbedQuery(t.Context(), "q"); err != nil || s.requests[0].Dimensions != 512 {
		t.Errorf("got %v, asked for %v", err, s.requests)
	}
	if spec := o.Spec(); spec.Model != "openai/text-embedding-3-small@512" || spec.Dimensions != 512 {
		t.Errorf("got %+v", spec)
	}
	s.answer = func(_ int, w http.ResponseWriter) bool {
		_, _ = io.WriteString(w, `{"data":[{"index":0,"embedding":[1,2]}]}`)
		return true
	}
	if _, err := NewOpenAI(t.Context(), OpenAIConfig{Model: "m", Address: s.URL, Dimensions: 512}); err == nil ||
		!strings.Contains(err.Error(), "2 dimensions where 512 were expected") {
		t.Errorf("a server that ignores the dimensions: got %v", err)
	}
}

func TestOpenAITriesAgain(t *testing.T) {
	for name, first := range map[string]func(w http.ResponseWriter){
		"too busy": func(w http.ResponseWriter) { w.WriteHeader(http.StatusTooManyRequests) },
		"too busy for a time": func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "0")
			w.WriteHeader(http.StatusTooManyRequests)
		},
		"starting":       func(w http.ResponseWriter) { w.WriteHeader(http.StatusServiceUnavailable) },
		"half an answer": func(w http.ResponseWriter) { _, _ = io.WriteString(w, `{"data":[{"ind`) },
		"dropped":        func(http.ResponseWriter) { panic(http.ErrAbortHandler) },
	} {
		t.Run(name, func(t *testing.T) {
			s := newOpenAIServer(t)
			o := s.open(t, OpenAIConfig{Model: "m", Backoff: time.Microsecond})
			s.answer = func(n int, w http.ResponseWriter) bool {
				if n == 1 {
					first(w)
				}
				return n == 1
			}
			if _, err := o.EmbedQuery(t.Context(), "q"); err != nil || len(s.requests) != 2 {
				t.Errorf("got %v after %d tries", err, len(s.requests))
			}
		})
	}
}

func TestOpenAIGivesUp(t *testing.T) {
	fails := func(code int, body string) func(w http.ResponseWriter) {
		return func(w http.ResponseWriter) { w.WriteHeader(code); _, _ = io.WriteString(w, body) }
	}
	for name, c := range map[string]struct {
		answer      func(w http.ResponseWriter)
		want        string
		tries       int
		unreachable bool
	}{
		"broken": {fails(500, `{"error":{"message":"out of memory"}}`), "out of memory", 3, true},
		"busy all day": {func(w http.ResponseWriter) {
			w.Header().Set("Retry-After", "86400")
			w.WriteHeader(http.StatusTooManyRequests)
		}, "429", 1, true},
		"a wrong key": {fails(401, `{"error":{"message":"wrong key sk-secret"}}`), "OPENAI_API_KEY", 2, false},
		"no model":    {fails(404, "no such model"), "check the address and the model m", 1, false},
		"too long":    {fails(400, `{"error":{"message":"8192 tokens at most"}}`), "8192 tokens at most", 1, false},
		"moved":       {func(w http.ResponseWriter) { w.Header().Set("Location", "/"); w.WriteHeader(http.StatusFound) }, "302", 1, false},
		"too few":     {fails(200, `{"data":[]}`), "0 vectors for 1 texts", 1, false},
		"no vector":   {fails(200, `{"data":[{"index":0}]}`), "0 dimensions", 1, false},
		"wrong index": {fails(200, `{"data":[{"index":7,"embedding":[1,2,3]}]}`), "the index 7", 1, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := newOpenAIServer(t)
			o := s.open(t, OpenAIConfig{Model: "m", Key: "sk-secret", Tries: 3, Backoff: time.Microsecond})
			s.answer = func(_ int, w http.ResponseWriter) bool { c.answer(w); return true }
			_, err := o.EmbedQuery(t.Context(), "q")
			if err == nil || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "sk-secret") {
				t.Errorf("got %v, want %q in it and no key", err, c.want)
			}
			var unreachable *httpjson.UnreachableError
			if errors.As(err, &unreachable) != c.unreachable || len(s.requests) != c.tries {
				t.Errorf("got %#v after %d tries, want %d", err, len(s.requests), c.tries)
			}
		})
	}
}

func TestOpenAIUnreachable(t *testing.T) {
	s := httptest.NewServer(http.NotFoundHandler())
	s.Close()
	_, err := NewOpenAI(t.Context(), OpenAIConfig{Model: "m", Address: s.URL, Backoff: time.Microsecond})
	var unreachable *httpjson.UnreachableError
	if !errors.As(err, &unreachable) || !strings.Contains(err.Error(), s.URL) {
		t.Errorf("got %v", err)
	}
}

func TestOpenAIEndsWithTheContext(t *testing.T) {
	s := newOpenAIServer(t)
	o := s.open(t, OpenAIConfig{Model: "m", Backoff: time.Hour})
	ctx, cancel := context.WithCancel(t.Context())
	s.answer = func(_ int, w http.ResponseWriter) bool {
		defer cancel()
		w.WriteHeader(http.StatusServiceUnavailable)
		return true
	}
	if _, err := o.EmbedDocuments(ctx, []string{"a"}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
}

func TestOpenAIRefusesSettings(t *testing.T) {
	for name, cfg := range map[string]OpenAIConfig{
		"no model":        {},
		"no URL":          {Model: "m", Address: "localhost:80"},
		"a query":         {Model: "m", Address: "http://h/v1?key=k"},
		"a password":      {Model: "m", Address: "http://u:p@h/v1"},
		"negative length": {Model: "m", Dimensions: -1},
	} {
		if _, err := NewOpenAI(t.Context(), cfg); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
