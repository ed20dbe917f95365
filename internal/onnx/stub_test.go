//go:build !onnx

package onnx

import (
	"errors"
	"strings"
	"testing"
)

func TestStubSaysHowToBuild(t *testing.T) {
	_, err := NewEncoder(EncoderConfig{Dir: t.TempDir()})
	if !errors.Is(err, ErrNotBuilt) || !strings.Contains(err.Error(), "-tags onnx") {
		t.Errorf("NewEncoder: got %v", err)
	}
	if _, _, err := Version(""); !errors.Is(err, ErrNotBuilt) {
		t.Errorf("Version: got %v", err)
	}
}
