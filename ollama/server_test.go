package ollama_test

import (
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
