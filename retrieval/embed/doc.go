// Package embed holds the embedders of a collection.
//
// Shape: ONNX runs a local model (build tag onnx), and Ollama asks an Ollama
// server. Both are langchaingo embeddings.Embedders and return vectors of unit
// length, so that a dot product is a cosine. The differences between models
// (prompts, pooling, token limit, languages) are in their Profiles. Data flows
// one way: text -> prompt before it -> model -> pooling -> unit length.
//
// ONNX also returns one vector per token, for rerank/late.
package embed
