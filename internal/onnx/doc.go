// Package onnx runs encoder models (BERT and its relatives) on ONNX Runtime.
//
// Shape: an Encoder owns one session and one tokenizer, both read from a model
// folder {model.onnx, tokenizer.json}, and turns a text into one vector per
// token. The meaning of the vectors, and how they become the vector of a
// sentence, is the business of retrieval/embed. A CrossEncoder scores pairs,
// and a LateEncoder computes token vectors as ColBERT does. All of them build
// their graph (graph.go, bert.go, int8.go) from model.safetensors
// (safetensors.go), or run an .onnx file. ONNX Runtime itself is one C library
// per process (environment.go), found by FindLibrary and started by the first
// of them.
//
// The package needs cgo and the build tag onnx. Without the tag it has the same
// API, but every constructor returns ErrNotBuilt. With the additional tag
// notokenizers it is linked without libtokenizers.a; a model whose tokenizer
// only Hugging Face's library can read is then refused with ErrNoTokenizers.
package onnx
