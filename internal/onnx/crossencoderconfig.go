package onnx

import "cmp"

// CrossEncoderConfig selects the model and the device of a CrossEncoder.
type CrossEncoderConfig struct {
	Dir string // folder with the model file, tokenizer.json and config.json; required
	// File is the model file in Dir, such as "onnx/model_int8.onnx". If it is
	// empty, it is model.safetensors on a CPU for a model of the BERT or
	// RoBERTa family, and model.onnx or onnx/model.onnx otherwise and on a GPU.
	File string
	// Int8 rounds the weights of model.safetensors to 7 bits and multiplies in
	// integers. On a GPU, which is not faster at that, it calculates in float16.
	Int8    bool
	Library string // ONNX Runtime's shared library; if empty, see FindLibrary

	// MaxTokens is the length at which a pair is cut, including special tokens:
	// 512, or fewer if the model has fewer positions.
	MaxTokens int
	DeviceConfig
	// Remedy is the advice to the user if the folder lacks a file.
	Remedy string
}

func (c CrossEncoderConfig) withDefaults() CrossEncoderConfig {
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
