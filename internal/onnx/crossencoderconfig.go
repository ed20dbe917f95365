package onnx

import (
	"cmp"
	"strings"
)

// CrossEncoderConfig says which model a CrossEncoder runs, and where.
type CrossEncoderConfig struct {
	Dir string // folder that holds the model's file, tokenizer.json and config.json; required
	// File is the model's file in Dir, such as "onnx/model_int8.onnx". "": on a
	// CPU model.safetensors, where that is of the BERT or RoBERTa family; else,
	// and on a GPU, model.onnx or onnx/model.onnx.
	File string
	// Int8 rounds the weights of model.safetensors to 7 bits and multiplies in
	// integers, on a CPU.
	Int8    bool
	Library string // ONNX Runtime's shared library; "": see FindLibrary

	// MaxTokens is where a pair is cut, special tokens included: 512, or fewer
	// where the model has fewer positions.
	MaxTokens int
	Device    Device // Auto
	DeviceID  int    // which GPU; 0 is the first
	// MaxGPUMemory bounds what ONNX Runtime takes of the GPU, in bytes; 0: no bound.
	MaxGPUMemory int64
	// Warn is told, once, in a sentence, what Auto went without; nil: nobody.
	Warn func(string)
	// Remedy is what to tell the user when the folder lacks a file.
	Remedy string
}

// Device is where a model runs.
type Device string

// The devices.
const (
	Auto Device = "auto" // a GPU where it works, else the CPU with one warning
	CPU  Device = "cpu"
	CUDA Device = "cuda" // a GPU or an error
)

// DeviceError says that the device which was insisted on cannot be had.
type DeviceError struct {
	Device Device
	Err    error
}

func (e *DeviceError) Error() string {
	return "the device " + string(e.Device) + " cannot be used: " + strings.TrimRight(e.Err.Error(), ".") +
		": it takes an NVIDIA driver and the GPU build of ONNX Runtime (run scripts/onnxruntime-gpu), or use --device cpu"
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

// Len is how many tokens the pair has, special ones included.
func (p Pair) Len() int { return len(p.tokens.ids) }

// IDs are the token ids, special ones included, in the model's order.
func (p Pair) IDs() []int64 { return p.tokens.ids }

// Types are the segment ids of the tokens.
func (p Pair) Types() []int64 { return p.tokens.types }
