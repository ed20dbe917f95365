package onnx

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"strings"
)

// modelConfig is the relevant part of a model's config.json.
type modelConfig struct {
	ModelType     string            `json:"model_type"`
	Architectures []string          `json:"architectures"`
	Positions     int               `json:"max_position_embeddings"`
	PadTokenID    int64             `json:"pad_token_id"`
	Labels        map[string]string `json:"id2label"`
	NumLabels     int               `json:"num_labels"`

	Vocabulary int `json:"vocab_size"`

	// The fields needed to build the model from its weights.
	Hidden         int     `json:"hidden_size"`
	Intermediate   int     `json:"intermediate_size"`
	Layers         int     `json:"num_hidden_layers"`
	Heads          int     `json:"num_attention_heads"`
	TypeVocabulary int     `json:"type_vocab_size"`
	Epsilon        float64 `json:"layer_norm_eps"`
	Activation     string  `json:"hidden_act"`
	PositionKind   string  `json:"position_embedding_type"`
}

// roberta reports whether the model is of the RoBERTa family, which counts
// positions from after the padding token's id.
func (c modelConfig) roberta() bool { return c.ModelType == "roberta" || c.ModelType == "xlm-roberta" }

// firstPosition returns the position of a text's first token.
func (c modelConfig) firstPosition() int64 {
	if c.roberta() {
		return c.PadTokenID + 1
	}
	return 0
}

func readModelConfig(path string) (modelConfig, error) {
	var c modelConfig
	data, err := os.ReadFile(path)
	if err != nil {
		return c, fmt.Errorf("read the model's config: %w", err)
	}
	if err := json.Unmarshal(data, &c); err != nil {
		return c, fmt.Errorf("read the model's config %s: %w", path, err)
	}
	return c, nil
}

// checkClassifier refuses models that are not cross-encoders according to their
// config. The ONNX file of an embedder may have an output of a fitting shape.
func (c modelConfig) checkClassifier() error {
	classifies := func(name string) bool { return strings.HasSuffix(name, "ForSequenceClassification") }
	if len(c.Architectures) > 0 && !slices.ContainsFunc(c.Architectures, classifies) {
		return fmt.Errorf("it is a %s, not a model for sequence classification, as cross-encoders are", c.Architectures[0])
	}
	return nil
}

// checkTokenizer refuses a tokenizer with more tokens than the model.
func (c modelConfig) checkTokenizer(tokens int) error {
	if c.Vocabulary > 0 && tokens > c.Vocabulary {
		return fmt.Errorf("its tokenizer.json knows %d tokens and the model %d: the tokenizer is another model's", tokens, c.Vocabulary)
	}
	return nil
}

// maxTokens returns the maximum number of tokens of a sequence, or 0 if it is
// unknown. Models of the RoBERTa family count positions from after the padding
// token's id.
func (c modelConfig) maxTokens() int {
	if c.Positions > 0 && strings.Contains(c.ModelType, "roberta") {
		return c.Positions - int(c.PadTokenID) - 1
	}
	return c.Positions
}
