package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"selfrag/internal/onnx"
)

// modelDir returns the folder of a model, given by a path or by a name in the
// models folder of the cache.
func modelDir(model string) (string, error) {
	if model == "" {
		return "", errors.New("a cross-encoder needs a model's folder or name")
	}
	if info, err := os.Stat(model); err == nil && info.IsDir() || filepath.IsAbs(model) || strings.HasPrefix(model, ".") {
		return model, nil
	}
	return onnx.ModelDir(model)
}
