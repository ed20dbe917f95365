package ollama_test

import (
	"fmt"
	"io"
	"net/http"
	"testing"
)

func TestModels(t *testing.T) {
	client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, `{"models":[
			{"name":"qwen2.5:7b","model":"qwen2.5:7b","size":42,"digest":"abc","details":{"family":"qwen2","parameter_size":"7B","quantization_level":"Q4_K_M"}},
			{"name":"mxbai-embed-large:latest","model":"mxbai-embed-large:latest"}]}`)
	})
	models, err := client.Models(t.Context())
	if err != nil || len(models) != 2 {
		t.Fatalf("got %v, %v", models, err)
	}
	if m := models[0]; m.Name != "qwen2.5:7b" || m.Size != 42 || m.Digest != "abc" || m.Family != "qwen2" || m.Parameters != "7B" || m.Quantization != "Q4_K_M" {
		t.Errorf("got %+v", m)
	}
	for name, want := range map[string]bool{
		"qwen2.5:7b": true, "Qwen2.5:7B": true, "library/qwen2.5:7b": true, "registry.ollama.ai/library/qwen2.5:7b": true,
		"mxbai-embed-large": true, "mxbai-embed-large:latest": true,
		"qwen2.5": false, "qwen2.5:0.5b": false, "other/qwen2.5:7b": false, "": false,
	} {
		if has, err := client.HasModel(t.Context(), name); err != nil || has != want {
			t.Errorf("%q: %t, %v", name, has, err)
		}
	}
}

func TestParameters(t *testing.T) {
	for written, want := range map[string]float64{"7B": 7e9, "494.03M": 494.03e6, "1.5B": 1.5e9, "": 0, "big": 0, "7": 0, "B": 0} {
		asked := 0
		client := newClient(t, func(w http.ResponseWriter, _ *http.Request) {
			asked++
			_, _ = fmt.Fprintf(w, `{"models":[{"name":"qwen2.5-coder:0.5b","details":{"parameter_size":%q}},{"name":"other","details":{"parameter_size":"70B"}}]}`, written)
		})
		for range 2 {
			if got, err := client.Parameters(t.Context()); err != nil || got != want {
				t.Errorf("%q: got %g, %v, want %g", written, got, err, want)
			}
		}
		if asked != 1 {
			t.Errorf("%q: asked %d times", written, asked)
		}
	}
}
