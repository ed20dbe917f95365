//go:build onnx

package onnx

// Built tells whether the program was built with the tag onnx.
const Built = true
