package onnx

import (
	"cmp"
	"strings"
)

// CrossEncoderConfig selects the model and the device of a CrossEncoder.
type CrossEncoderConfig struct {
	Dir string // folder with the model file, tokenizer.json and config.json; required
	// File is the model file in Dir, such as "onnx/model_int8.onnx". If it is
	// empty, it is model.safetensors on a CPU for a model of the BERT or
	// RoBERTa family, and model.onnx or onnx/model.onnx otherwise and on a GPU.
	File string
	// Int8 rounds the weights of model.safetensors to 7 bits and multiplies in
	// integers, on a CPU.
	Int8    bool
	Library string // ONNX Runtime's shared library; if empty, see FindLibrary

	// MaxTokens is the length at which a pair is cut, including special tokens:
	// 512, or fewer if the model has fewer positions.
	MaxTokens int
	Device    Device // Auto
	DeviceID  int    // which GPU; 0 is the first
	// MaxGPUMemory limits the GPU memory of ONNX Runtime in bytes; 0 means no
	// limit.
	MaxGPUMemory int64
	// Warn, if not nil, is called once with a sentence about what Auto did
	// without.
	Warn func(string)
	// Remedy is the advice to the user if the folder lacks a file.
	Remedy string
}

// Device is the device that a model runs on.
type Device string

// The devices.
const (
	Auto Device = "auto" // a GPU if it works, otherwise the CPU with one warning
	CPU  Device = "cpu"
	CUDA Device = "cuda" // a GPU or an error
)

// DeviceError says that the required device is not available.
type DeviceError struct {
	Device Device
	Err    error
}

func (e *DeviceError) Error() string {
	return "the device " + string(e.Device) + " cannot be used: " + strings.TrimRight(e.Err.Error(), ".") +
		": it takes an NVIDIA driver and the GPU build of ONNX Runtime (the Python package onnxruntime-gpu holds it; set SELFRAG_ONNXRUNTIME to its library), or use --device cpu"
}

// Unreachable reports that the part cannot be used.
func (e *DeviceError) Unreachable() bool { return true }

// Unwrap returns the cause.
func (e *DeviceError) Unwrap() error { return e.Err }

func (c CrossEncoderConfig) withDefaults() CrossEncoderConfig {
	c.Device = cmp.Or(c.Device, Auto)
	c.Remedy = cmp.Or(c.Remedy, "put the model's model.safetensors (or .onnx file), tokenizer.json and config.json there")
	return c
}

// Pair is a query and a passage as the model reads them.
type Pair struct{ tokens tokens }

// Len returns the number of tokens of the pair, including special ones.
func (p Pair) Len() int { return len(p.tokens.ids) }

// IDs returns the token ids, including special ones, in the model's order.
func (p Pair) IDs() []int64 { return p.tokens.ids }

// Types returns the segment ids of the tokens.
func (p Pair) Types() []int64 { return p.tokens.types }
