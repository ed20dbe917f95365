package onnx

import "cmp"

// EncoderConfig selects the model of an Encoder.
type EncoderConfig struct {
	// Dir is the folder with tokenizer.json and either model.safetensors and
	// config.json, as BERT and RoBERTa models are published, or model.onnx (or
	// onnx/model.onnx). Required.
	Dir     string
	Library string // ONNX Runtime's shared library; if empty, see FindLibrary
	DeviceConfig

	// MaxTokens is the number of tokens that the model reads at once, including
	// special tokens. 512, the number of positions of BERT models.
	MaxTokens int
	// Windows is the maximum length of a text in units of MaxTokens. A text
	// longer than MaxTokens is read in consecutive windows and cut after the
	// last. With 1 it is cut at MaxTokens.
	Windows int

	// Int8 rounds the weights of a model.safetensors to 7 bits and multiplies
	// in 8 bits, which is faster. On a GPU, which is not faster at that, it
	// calculates in float16. It does not affect .onnx files.
	Int8 bool

	// Remedy is the advice to the user if the model folder lacks a file.
	Remedy string
}

func (c EncoderConfig) withDefaults() EncoderConfig {
	c.MaxTokens = cmp.Or(c.MaxTokens, 512)
	c.Windows = max(c.Windows, 1)
	c.Remedy = cmp.Or(c.Remedy, "put the model's model.safetensors and config.json (or model.onnx) and tokenizer.json there")
	return c
}

// Encoding is the result of a model for one text.
type Encoding struct {
	// Vectors holds one vector per token, [tokens][dimensions], in text order
	// and as the model returns them, not scaled to unit length.
	Vectors [][]float32
	// Special marks tokens that are not part of the text but were put around it
	// or around a window of it, such as [CLS] and [SEP].
	Special []bool
	// Spans holds the position of each token in the text, in bytes, after NULs
	// are removed and each byte that is not UTF-8 is replaced with U+FFFD.
	// Special tokens have the span [0, 0). Several tokens of one character
	// share its span.
	Spans [][2]int
	// Rarity is the rarity of each token in text at large: minus the natural
	// logarithm of its probability, for unigram tokenisers. It is nil if
	// unknown.
	Rarity []float64
}
