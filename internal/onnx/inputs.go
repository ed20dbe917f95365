package onnx

// The inputs of an encoder model, as Hugging Face names them. Models without
// segments have no token_type_ids.
const (
	inputIDs      = "input_ids"
	attentionMask = "attention_mask"
	tokenTypeIDs  = "token_type_ids"
	positionIDs   = "position_ids" // only in graphs built here
)
