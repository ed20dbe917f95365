package embed

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
)

// Name is the name of an embedder: PROVIDER/MODEL, or PROVIDER/MODEL@DIMENSIONS
// for only the first values of each vector, such as
// "ollama/mxbai-embed-large@512".
type Name struct {
	Provider   string // "onnx", "ollama" or "openai"
	Model      string // as the provider names it; may contain slashes
	Dimensions int    // 0: all dimensions of the model
}

// ParseName parses a name. It does not check that the provider and the model
// exist.
func ParseName(text string) (Name, error) {
	provider, model, _ := strings.Cut(text, "/")
	if provider == "" || model == "" {
		return Name{}, fmt.Errorf("the embedder %q has no provider and model: write PROVIDER/MODEL", text)
	}
	n := Name{Provider: provider, Model: model}
	// A path may contain an @ of its own before its last slash.
	if model, digits, ok := cutLast(model, "@"); ok && !strings.Contains(digits, "/") {
		dimensions, err := strconv.Atoi(digits)
		if err != nil || dimensions < 1 || model == "" {
			return Name{}, fmt.Errorf("the embedder %q: write a number of dimensions after @, such as @512", text)
		}
		n.Model, n.Dimensions = model, dimensions
	}
	return n, nil
}

// String returns the name in the form that ParseName parses.
func (n Name) String() string {
	if n.Dimensions == 0 {
		return n.Provider + "/" + n.Model
	}
	return fmt.Sprintf("%s/%s@%d", n.Provider, n.Model, n.Dimensions)
}

// Canonical returns the same name for all names of one embedder. It makes the
// path of an ONNX model absolute, so that a collection finds it from any
// working folder. For Ollama it drops the tag latest, which is the default.
func (n Name) Canonical() (Name, error) {
	switch {
	case n.Provider == "ollama":
		n.Model = strings.TrimSuffix(n.Model, ":latest")
	case n.Provider == "onnx" && n.isPath():
		path, err := filepath.Abs(n.Model)
		if err != nil {
			return n, fmt.Errorf("find the folder of embedder %s: %w", n, err)
		}
		n.Model = path
	}
	return n, nil
}

// isPath reports whether the model is named by its folder.
func (n Name) isPath() bool { return filepath.IsAbs(n.Model) || strings.HasPrefix(n.Model, ".") }

func cutLast(s, sep string) (before, after string, found bool) {
	if i := strings.LastIndex(s, sep); i >= 0 {
		return s[:i], s[i+len(sep):], true
	}
	return s, "", false
}
