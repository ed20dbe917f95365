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

// Device returns CPU.
func (*LateEncoder) Device() Device { return CPU }

// Parallel returns 1.
func (*LateEncoder) Parallel() int { return 1 }

// Close does nothing.
func (*LateEncoder) Close() error { return nil }
