//go:build !onnx

package onnx

// Built reports whether the program was built with the tag onnx.
const Built = false
