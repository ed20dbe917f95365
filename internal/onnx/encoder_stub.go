//go:build !onnx

package onnx

import "context"

// Encoder stands for the encoder of a build with the tag onnx. It cannot be
// constructed.
type Encoder struct{}

// NewEncoder returns ErrNotBuilt.
func NewEncoder(EncoderConfig) (*Encoder, error) { return nil, ErrNotBuilt }

// Dimensions returns 0.
func (*Encoder) Dimensions() int { return 0 }

// Encode returns ErrNotBuilt.
func (*Encoder) Encode(context.Context, string) (Encoding, error) { return Encoding{}, ErrNotBuilt }

// Device returns CPU.
func (*Encoder) Device() Device { return CPU }

// Parallel returns 1.
func (*Encoder) Parallel() int { return 1 }

// Close does nothing.
func (*Encoder) Close() error { return nil }
