//go:build !onnx

package onnx

import "context"

// CrossEncoder stands for the cross-encoder of a build with the tag onnx. It
// cannot be constructed.
type CrossEncoder struct{}

// NewCrossEncoder returns ErrNotBuilt.
func NewCrossEncoder(CrossEncoderConfig) (*CrossEncoder, error) { return nil, ErrNotBuilt }

// Device returns CPU.
func (*CrossEncoder) Device() Device { return CPU }

// Query returns nothing.
func (*CrossEncoder) Query(string) []int64 { return nil }

// Passage returns nothing.
func (*CrossEncoder) Passage(string, int) []int64 { return nil }

// Windows returns nothing.
func (*CrossEncoder) Windows(_, _ []int64, _ int) [][]int64 { return nil }

// Pair returns an empty pair.
func (*CrossEncoder) Pair(_, _ []int64) Pair { return Pair{} }

// Score returns ErrNotBuilt.
func (*CrossEncoder) Score(context.Context, []Pair) ([]float64, error) { return nil, ErrNotBuilt }

// Close does nothing.
func (*CrossEncoder) Close() error { return nil }
