//go:build !onnx

package onnx

import "context"

// LateEncoder stands for the encoder of a build with the tag onnx. It cannot be
// constructed.
type LateEncoder struct{}

// NewLateEncoder returns ErrNotBuilt.
func NewLateEncoder(LateEncoderConfig) (*LateEncoder, error) { return nil, ErrNotBuilt }

// QueryVectors returns ErrNotBuilt.
func (*LateEncoder) QueryVectors(context.Context, string) ([][]float32, error) {
	return nil, ErrNotBuilt
}

// TokenVectors returns ErrNotBuilt.
func (*LateEncoder) TokenVectors(context.Context, string) ([][]float32, error) {
	return nil, ErrNotBuilt
}

// Close does nothing.
func (*LateEncoder) Close() error { return nil }
