//go:build !onnx

package embed

import (
	"strings"
	"testing"
)

func TestONNXWithoutTheTag(t *testing.T) {
	o, err := NewONNX(ONNXConfig{})
	if o != nil || err == nil || !strings.Contains(err.Error(), "-tags onnx") {
		t.Errorf("got %v, %v; want an error that says how to build", o, err)
	}
}
