package onnx

import "cmp"

// EncoderConfig says which model an Encoder runs.
type EncoderConfig struct {
	// Dir is the folder that holds tokenizer.json and either model.safetensors
	// with config.json, as BERT and RoBERTa models are published, or model.onnx
	// (or onnx/model.onnx). Required.
	Dir     string
	Library string // ONNX Runtime's shared library; "": see FindLibrary

	// MaxTokens is how many tokens the model reads at once, special tokens
	// included. 512, which is how many positions BERT models have.
	MaxTokens int
	// Windows is how many times MaxTokens a text may have: a longer one than
	// MaxTokens is read in windows, one after another, and cut behind the last.
	// 1: it is cut at MaxTokens.
	Windows int

	// Int8 rounds the weights of a model.safetensors to 7 bits and multiplies in
	// 8, which is faster. Models that are .onnx files are as they were exported.
	Int8 bool

	// Remedy is what to tell the user when the model folder lacks a file.
	Remedy string
}

func (c EncoderConfig) withDefaults() EncoderConfig {
	c.MaxTokens = cmp.Or(c.MaxTokens, 512)
	c.Windows = max(c.Windows, 1)
	c.Remedy = cmp.Or(c.Remedy, "put the model's model.safetensors and config.json (or model.onnx) and tokenizer.json there")
	return c
}

// Encoding is what a model made of one text.
type Encoding struct {
	// Vectors holds one vector a token, [tokens][dimensions], in the order of
	// the text and as the model gives them: not of unit length.
	Vectors [][]float32
	// Special marks the tokens that are not of the text but were put around
	// it, or around each window of it, such as [CLS] and [SEP].
	Special []bool
	// Spans says where each token stands in the text, in bytes from its
	// beginning, once its NULs are out and each byte that is not UTF-8 is U+FFFD.
	// Special tokens stand nowhere, at [0, 0). Tokens of one character share its
	// span.
	Spans [][2]int
	// Rarity is how seldom each token is in text at large: minus the natural
	// logarithm of its probability, of unigram tokenisers. nil: not known.
	Rarity []float64
}
