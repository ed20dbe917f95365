package main

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
	for name, tc := range map[string]struct {
		models []ollama.ModelInfo
		want   string
	}{
		"none":                          {nil, ""},
		"embedders alone":               {[]ollama.ModelInfo{embedder, {Name: "kure", Family: "xlm-roberta-bert"}}, ""},
		"the larger, not the newer":     {[]ollama.ModelInfo{tiny, small}, small.Name},
		"in any order":                  {[]ollama.ModelInfo{small, embedder, tiny}, small.Name},
		"none too large to try unasked": {[]ollama.ModelInfo{huge, roomy, tiny}, tiny.Name},
		"the least of the roomy":        {[]ollama.ModelInfo{huge, roomy}, roomy.Name},
	} {
		t.Run(name, func(t *testing.T) {
			if got := chooseModel(tc.models); got != tc.want {
				t.Errorf("got %q, want %q", got, tc.want)
			}
		})
	}
}
