package main

import (
	"context"
	"fmt"
	"strings"

	"selfrag/ollama"
)

// roomyModel is the size on disk, in bytes, above which a model is not chosen
// unasked: more would not fit the memory of a common machine beside the rest.
const roomyModel = 6_000_000_000

// defaultModel is the model in Ollama to use when the user names none.
func defaultModel(ctx context.Context, client *ollama.Client) (string, error) {
	models, err := client.Models(ctx)
	if err != nil {
		return "", err
	}
	if name := chooseModel(models); name != "" {
		return name, nil
	}
	return "", unreachableError{fmt.Errorf("Ollama at %s has no language model; get one with `ollama pull qwen2.5:1.5b`", client.Address())}
}

// chooseModel takes the largest model that generates and is not roomy: of
// models that a machine can run, the larger grades and writes better. Where
// all are roomy it takes the smallest. It is empty where none generates.
func chooseModel(models []ollama.ModelInfo) string {
	var best ollama.ModelInfo
	for _, m := range models {
		if embedsOnly(m) {
			continue
		}
		fits, bestFits := m.Size <= roomyModel, best.Size <= roomyModel
		switch {
		case best.Name == "",
			fits && !bestFits,
			fits && bestFits && m.Size > best.Size,
			!fits && !bestFits && m.Size < best.Size:
			best = m
		}
	}
	return best.Name
}

// embedsOnly tells embedding models by architecture, and by name where an
// embedder is built on a generator's architecture.
func embedsOnly(m ollama.ModelInfo) bool {
	if strings.Contains(m.Family, "bert") {
		return true
	}
	for _, part := range []string{"embed", "bge-", "minilm"} {
		if strings.Contains(m.Name, part) {
			return true
		}
	}
	return false
}
