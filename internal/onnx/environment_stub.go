//go:build !onnx

package onnx

// Version returns ErrNotBuilt.
func Version(string) (version, path string, err error) { return "", "", ErrNotBuilt }
