package embed

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// oddEmbeddings is a server whose answers or limits differ from OpenAI's.
type oddEmbeddings struct {
	texts, letters int    // limits; 0: none
	status         int    // of a refusal for size
	says           string // what it refuses a request with
	refuses        string // a field
	key            string // the header for the key
	path           string
	form           func(vectors [][]float32) any

	asked int
}

func (s *oddEmbeddings) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked++
	var body struct {
		Input []string
		More  map[string]any
	}
	raw := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&raw)
	for _, t := range raw["input"].([]any) {
		body.Input = append(body.Input, t.(string))
	}
	refuse := func(status int, said string) {
		w.WriteHeader(status)
		fmt.Fprintf(w, `{"error":{"message":%q}}`, said)
	}
	if s.path != "" && r.URL.RequestURI() != s.path {
		refuse(404, "no such page")
		return
	}
	if s.key != "" && r.Header.Get(s.key) != "sk-odd" {
		refuse(401, "Access denied due to invalid subscription key")
		return
	}
	if s.refuses != "" && raw[s.refuses] != nil {
		refuse(400, "Unknown parameter: "+s.refuses)
		return
	}
	over := s.texts > 0 && len(body.Input) > s.texts
	vectors := [][]float32{}
	for i, t := range body.Input {
		over = over || s.letters > 0 && len([]rune(t)) > s.letters
		vectors = append(vectors, []float32{float32(i + 1), 1, 0})
	}
	if over {
		refuse(s.status, s.says)
		return
	}
	form := s.form
	if form == nil {
		form = published
	}
	_ = json.NewEncoder(w).Encode(form(vectors))
}

func published(vectors [][]float32) any {
	var data []any
	for i, v := range vectors {
		data = append(data, map[string]any{"index": i, "embedding": v})
	}
	return map[string]any{"data": data}
}

func inBase64(vectors [][]float32) any {
	var data []any
	for i, v := range vectors {
		var raw []byte
		for _, x := range v {
			raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(x))
		}
		data = append(data, map[string]any{"index": float64(i), "embedding": base64.StdEncoding.EncodeToString(raw)})
	}
	return map[string]any{"data": data, "usage": map[string]any{"total_tokens": 1.5}}
}

func TestOddEmbeddingServers(t *testing.T) {
	long := strings.Repeat("나룻배는 차를 싣습니다. ", 400)
	for name, test := range map[string]struct {
		server  oddEmbeddings
		address string // behind the server's
	}{
		"healthy":                    {server: oddEmbeddings{path: "/v1/embeddings"}},
		"the whole address":          {server: oddEmbeddings{path: "/v1/embeddings"}, address: "/v1/embeddings/"},
		"the address of the chat":    {server: oddEmbeddings{path: "/v1/embeddings"}, address: "/v1/chat/completions"},
		"Azure":                      {server: oddEmbeddings{path: "/openai/deployments/e/embeddings?api-version=2024-10-21", key: "Api-Key"}, address: "/openai/deployments/e?api-version=2024-10-21"},
		"a key in a header":          {server: oddEmbeddings{key: "X-Api-Key"}},
		"base64":                     {server: oddEmbeddings{form: inBase64}},
		"a bare list":                {server: oddEmbeddings{form: func(v [][]float32) any { return v }}},
		"a list by another name":     {server: oddEmbeddings{form: func(v [][]float32) any { return map[string]any{"embeddings": v} }}},
		"no encoding_format":         {server: oddEmbeddings{refuses: "encoding_format"}},
		"few texts":                  {server: oddEmbeddings{texts: 4, status: 422, says: "batch size 10 > maximum allowed batch size 4"}},
		"a small body":               {server: oddEmbeddings{texts: 3, status: 413, says: "Payload Too Large"}},
		"too long for the model":     {server: oddEmbeddings{letters: 1600, status: 400, says: "This model's maximum context length is 512 tokens."}},
		"too long for llama.cpp":     {server: oddEmbeddings{letters: 2000, status: 500, says: "input (4390 tokens) is too large to process. increase the physical batch size (current batch size: 512)"}},
		"too long, in Korean":        {server: oddEmbeddings{letters: 3000, status: 400, says: "입력 길이가 너무 깁니다"}},
		"white space around the key": {server: oddEmbeddings{}},
	} {
		t.Run(name, func(t *testing.T) {
			s := test.server
			hs := httptest.NewServer(&s)
			defer hs.Close()
			o, err := NewOpenAI(t.Context(), OpenAIConfig{Model: "m", Address: hs.URL + test.address, Key: " sk-odd\n", Tries: 2})
			if err != nil {
				t.Fatal(err)
			}
			defer o.Close()
			texts := []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", long}
			for range 2 {
				vectors, err := o.EmbedDocuments(t.Context(), texts)
				if err != nil || len(vectors) != len(texts) {
					t.Fatalf("got %d vectors, %v", len(vectors), err)
				}
			}
			before := s.asked
			if _, err := o.EmbedDocuments(t.Context(), texts); err != nil || s.asked-before > 5 {
				t.Errorf("asked %d times for what was known, %v", s.asked-before, err)
			}
		})
	}
}
