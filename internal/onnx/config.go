package onnx

import "cmp"

// EncoderConfig says which model an Encoder runs.
type EncoderConfig struct {
	Dir     string // folder that holds model.onnx (or onnx/model.onnx) and tokenizer.json; required
	Library string // ONNX Runtime's shared library; "": see FindLibrary

	// MaxTokens is where a text is cut, special tokens included. 512, which is
	// how many positions BERT models have.
	MaxTokens int

	// Remedy is what to tell the user when the model folder lacks a file.
	Remedy string
}

func (c EncoderConfig) withDefaults() EncoderConfig {
	c.MaxTokens = cmp.Or(c.MaxTokens, 512)
	c.Remedy = cmp.Or(c.Remedy, "put the model's model.onnx and tokenizer.json there")
	return c
}

// Encoding is what a model made of one text.
type Encoding struct {
	// Vectors holds one vector a token, [tokens][dimensions], in the order of
	// the text and as the model gives them: not of unit length.
	Vectors [][]float32
	// Special marks the tokens that are not of the text but were put around
	// it by the tokenizer, such as [CLS] and [SEP].
	Special []bool
}
