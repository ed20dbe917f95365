package onnx

import (
	"errors"
	"os"
	"path/filepath"
	"strings"

	"selfrag/internal/onnx"
)

// modelDir finds a model's folder: a path, or a name below the cache's folder
// of models.
func modelDir(model string) (string, error) {
	if model == "" {
		return "", errors.New("a cross-encoder needs a model's folder or name")
	}
	if info, err := os.Stat(model); err == nil && info.IsDir() || filepath.IsAbs(model) || strings.HasPrefix(model, ".") {
		return model, nil
	}
	return onnx.ModelDir(model)
}
