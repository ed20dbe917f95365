// Package onnx runs encoder models (BERT and its kin) on ONNX Runtime.
//
// Shape: an Encoder owns one session and one tokenizer, both read from a model
// folder {model.onnx, tokenizer.json}, and turns one text into one vector a
// token. What the vectors mean, and how they become the vector of a sentence,
// is known by retrieval/embed. A CrossEncoder scores pairs, a LateEncoder makes
// token vectors as ColBERT does; both make their graph (graph.go, bert.go,
// int8.go) from model.safetensors (safetensors.go), or run an .onnx file. ONNX
// Runtime itself is one C library a process (environment.go), found by
// FindLibrary and started by the first of them.
//
// The package needs cgo and the build tag onnx. Without the tag it has the
// same API and every constructor returns ErrNotBuilt. With the tag notokenizers
// besides, it is linked without libtokenizers.a: a model whose tokenizer only
// Hugging Face's library reads is refused with ErrNoTokenizers.
package onnx
