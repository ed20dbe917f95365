// Package models knows published embedders and rerankers, downloads them from
// Hugging Face into the cache, and verifies the files.
//
// Shape: Manifest lists the models with their files (manifest.go). A Store
// keeps each model in a folder of its own: Pull downloads it and resumes
// interrupted downloads (pull.go), Import copies it from a folder (import.go),
// and Verify compares the files with the SHA-256 recorded when they came
// (store.go).
package models

import (
	"fmt"
	"strings"
)

// Kind is the purpose of a model.
type Kind string

// The kinds.
const (
	Embedder Kind = "embedder"
	Reranker Kind = "reranker"
	// LateInteraction rerankers compare token vectors: late/NAME.
	LateInteraction Kind = "late"
)

// Model is a published model.
type Model struct {
	Name      string   `json:"name"`
	Kind      Kind     `json:"kind"`
	Family    string   `json:"family"`    // architecture
	Languages string   `json:"languages"` // for people
	Size      int64    `json:"size"`      // size of the float32 weights in bytes, approximate
	Licence   string   `json:"licence"`
	Repo      string   `json:"repository"` // on Hugging Face
	Files     []string `json:"files"`      // in the repository; the first is the weights
}

const mb = 1 << 20

// Manifest returns the known models, rerankers first.
func Manifest() []Model {
	tokenizer := []string{"config.json", "tokenizer.json"}
	with := func(weights ...string) []string { return append(weights, tokenizer...) }
	return []Model{
		{"ms-marco-tinybert-l2", Reranker, "BERT", "English", 17 * mb, "Apache-2.0", "cross-encoder/ms-marco-TinyBERT-L2-v2", with("model.safetensors")},
		{"ms-marco-minilm-l6", Reranker, "BERT", "English", 91 * mb, "Apache-2.0", "cross-encoder/ms-marco-MiniLM-L6-v2", with("model.safetensors")},
		{"ms-marco-minilm-l12", Reranker, "BERT", "English", 133 * mb, "Apache-2.0", "cross-encoder/ms-marco-MiniLM-L12-v2", with("model.safetensors")},
		{"mmarco-mminilmv2-l12", Reranker, "XLM-RoBERTa", "14, Korean not among them", 471 * mb, "Apache-2.0", "cross-encoder/mmarco-mMiniLMv2-L12-H384-v1", with("model.safetensors")},
		{"bge-reranker-base", Reranker, "XLM-RoBERTa", "English, Chinese", 1112 * mb, "MIT", "BAAI/bge-reranker-base", with("model.safetensors")},
		{"jina-reranker-v2", Reranker, "XLM-RoBERTa, flash", "100, Korean among them", 1112 * mb, "CC-BY-NC-4.0", "jinaai/jina-reranker-v2-base-multilingual", with("onnx/model.onnx")},
		{"bge-reranker-v2-m3", Reranker, "XLM-RoBERTa", "100, Korean among them", 2271 * mb, "Apache-2.0", "BAAI/bge-reranker-v2-m3", with("model.safetensors")},
		{"bge-reranker-v2-m3-ko", Reranker, "XLM-RoBERTa", "Korean, English", 2271 * mb, "Apache-2.0", "dragonkue/bge-reranker-v2-m3-ko", with("model.safetensors")},
		{"colbertv2.0", LateInteraction, "BERT", "English", 438 * mb, "MIT", "colbert-ir/colbertv2.0", with("model.safetensors", "artifact.metadata")},
		{"answerai-colbert-small-v1", LateInteraction, "BERT", "English", 134 * mb, "Apache-2.0", "answerdotai/answerai-colbert-small-v1", with("model.safetensors", "artifact.metadata")},
		{"all-minilm-l6-v2", Embedder, "BERT", "English", 90 * mb, "Apache-2.0", "sentence-transformers/all-MiniLM-L6-v2", with("onnx/model.onnx")},
		{"multilingual-e5-small", Embedder, "BERT", "100, Korean among them", 470 * mb, "MIT", "intfloat/multilingual-e5-small", with("model.safetensors")},
		{"mxbai-embed-large", Embedder, "BERT", "English", 1336 * mb, "Apache-2.0", "mixedbread-ai/mxbai-embed-large-v1", with("onnx/model.onnx")},
		{"bge-m3", Embedder, "XLM-RoBERTa", "100, Korean among them", 2271 * mb, "MIT", "BAAI/bge-m3", with("onnx/model.onnx", "onnx/model.onnx_data")},
	}
}

// Find returns the model with that name.
func Find(name string) (Model, error) {
	var names []string
	for _, m := range Manifest() {
		if m.Name == name {
			return m, nil
		}
		names = append(names, m.Name)
	}
	return Model{}, fmt.Errorf("unknown model %q: the known ones are %s; import others with --from DIR", name, strings.Join(names, ", "))
}
