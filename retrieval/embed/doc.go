// Package embed holds the embedders of a collection.
//
// Shape: ONNX runs a local model (build tag onnx), Ollama asks an Ollama
// server. Both are langchaingo embeddings.Embedders and return vectors of unit
// length, so that a dot product is a cosine. What sets one model apart from
// another (prompts, pooling, token limit, languages) is its Profile. Data
// flows one way: text -> prompt before it -> model -> pooling -> unit length.
//
// ONNX also gives one vector a token, for rerank/late.
package embed
