package wire

import (
	"selfrag/internal/models"
	"selfrag/internal/onnx"
)

// ModelStore returns the store of models for ONNX Runtime.
func ModelStore(getenv func(string) string) (*models.Store, error) {
	dir, err := onnx.ModelDir("")
	if err != nil {
		return nil, err
	}
	return models.NewStore(models.Config{Dir: dir, Endpoint: getenv("HF_ENDPOINT"), Token: getenv("HF_TOKEN")}), nil
}
