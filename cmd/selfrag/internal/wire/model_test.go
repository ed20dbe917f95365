package wire

import (
	"testing"

	"selfrag/ollama"
)

func TestChooseModel(t *testing.T) {
	const gb = 1_000_000_000
	embedder := ollama.ModelInfo{Name: "mxbai-embed-large:latest", Size: gb}
	tiny := ollama.ModelInfo{Name: "smollm2:135m", Family: "llama", Size: gb / 10}
	small := ollama.ModelInfo{Name: "qwen2.5:1.5b", Family: "qwen2", Size: gb}
	roomy := ollama.ModelInfo{Name: "qwen2.5:14b", Family: "qwen2", Size: 9 * gb}
	huge := ollama.ModelInfo{Name: "llama3.3:70b", Family: "llama", Size: 43 * gb}
	chosen := ollama.ModelInfo{Name: "qwen3:4b-instruct", Family: "qwen3", Size: 2.5 * gb}
	unknown := ollama.ModelInfo{Name: "mistral:7b", Family: "llama", Size: 4.4 * gb}
	for name, tc := range map[string]struct {
		models []ollama.ModelInfo
		memory int64
		want   string
	}{
		"none":                          {nil, 0, ""},
		"embedders alone":               {[]ollama.ModelInfo{embedder, {Name: "kure", Family: "xlm-roberta-bert"}}, 0, ""},
		"the larger, not the newer":     {[]ollama.ModelInfo{tiny, small}, 0, small.Name},
		"in any order":                  {[]ollama.ModelInfo{small, embedder, tiny}, 0, small.Name},
		"none too large to try unasked": {[]ollama.ModelInfo{huge, roomy, tiny}, 0, tiny.Name},
		"a known one before a larger":   {[]ollama.ModelInfo{unknown, chosen}, 8 * gb, chosen.Name},
		"not a known small one":         {[]ollama.ModelInfo{unknown, small}, 8 * gb, unknown.Name},
		"no more than fits":             {[]ollama.ModelInfo{unknown, chosen, small}, 4 * gb, small.Name},
		"the least where none fits":     {[]ollama.ModelInfo{unknown, chosen}, gb, chosen.Name},
		"the least of the roomy":        {[]ollama.ModelInfo{huge, roomy}, 0, roomy.Name},
	} {
		t.Run(name, func(t *testing.T) {
			if got := ChooseModel(tc.models, tc.memory); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}

func TestOnThisMachine(t *testing.T) {
	for address, want := range map[string]bool{
		"http://127.0.0.1:11434": true, "http://[::1]:11434": true, "http://localhost:11434": true, "http://127.1.2.3": true,
		"http://192.168.0.2:11434": false, "https://ollama.example": false, "http://ollama:11434": false, ":": false,
	} {
		if got := OnThisMachine(address); got != want {
			t.Errorf("%s: got %t", address, got)
		}
	}
}
