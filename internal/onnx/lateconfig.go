package onnx

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// LateEncoderConfig selects the model of a LateEncoder.
type LateEncoderConfig struct {
	// Dir is the folder with model.safetensors (BERT and the projection
	// "linear.weight", there or in 1_Dense) or an .onnx file that includes the
	// projection, config.json, tokenizer.json, and the authors' file about
	// markers and lengths: artifact.metadata, as written by colbert-ir, or
	// config_sentence_transformers.json, as written by PyLate. Required.
	Dir     string
	File    string // in Dir, as in CrossEncoderConfig
	Library string // ONNX Runtime's shared library; if empty, see FindLibrary
	DeviceConfig
	Remedy string // advice to the user if the folder lacks a file
}

// colbert describes how a late-interaction model reads texts.
type colbert struct {
	queryMarker, passageMarker string // tokens after the first
	queryTokens, passageTokens int    // lengths at which texts are cut, including special tokens
	expand                     bool   // queries are filled up with [MASK]
	attendExpansion            bool   // the other tokens attend to these
	skipped                    []string
}

// punctuation is what ColBERT leaves out of passages: Python's
// string.punctuation.
const punctuation = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"

// readColBERT reads the authors' files. Missing values are those of Khattab and
// Zaharia.
func readColBERT(dir string) (colbert, error) {
	c := colbert{queryMarker: "[unused0]", passageMarker: "[unused1]", queryTokens: 32, passageTokens: 220, expand: true}
	skip := true
	var own struct {
		QueryMarker   string `json:"query_token_id"`
		PassageMarker string `json:"doc_token_id"`
		QueryTokens   int    `json:"query_maxlen"`
		PassageTokens int    `json:"doc_maxlen"`
		Attend        bool   `json:"attend_to_mask_tokens"`
		Skip          *bool  `json:"mask_punctuation"`
	}
	there, err := readOptional(filepath.Join(dir, "artifact.metadata"), &own)
	if err != nil {
		return c, err
	}
	if there {
		c.queryMarker, c.passageMarker = cmp.Or(own.QueryMarker, c.queryMarker), cmp.Or(own.PassageMarker, c.passageMarker)
		c.queryTokens, c.passageTokens = cmp.Or(own.QueryTokens, c.queryTokens), cmp.Or(own.PassageTokens, c.passageTokens)
		c.attendExpansion = own.Attend
		skip = own.Skip == nil || *own.Skip
	}
	var pylate struct {
		QueryMarker   string   `json:"query_prefix"`
		PassageMarker string   `json:"document_prefix"`
		QueryTokens   int      `json:"query_length"`
		PassageTokens int      `json:"document_length"`
		Attend        bool     `json:"attend_to_expansion_tokens"`
		Expand        *bool    `json:"do_query_expansion"`
		Skipped       []string `json:"skiplist_words"`
	}
	if there, err = readOptional(filepath.Join(dir, "config_sentence_transformers.json"), &pylate); err != nil {
		return c, err
	}
	if there && pylate.QueryMarker != "" {
		c.queryMarker, c.passageMarker = pylate.QueryMarker, pylate.PassageMarker
		c.queryTokens, c.passageTokens = cmp.Or(pylate.QueryTokens, c.queryTokens), cmp.Or(pylate.PassageTokens, c.passageTokens)
		c.attendExpansion = pylate.Attend
		c.expand = pylate.Expand == nil || *pylate.Expand
		c.skipped, skip = pylate.Skipped, pylate.Skipped == nil
	}
	if skip {
		for _, r := range punctuation {
			c.skipped = append(c.skipped, string(r))
		}
	}
	if c.queryTokens < 4 || c.passageTokens < 4 {
		return c, fmt.Errorf("the model in %s cuts queries at %d tokens and passages at %d, which leaves nothing of them", dir, c.queryTokens, c.passageTokens)
	}
	return c, nil
}

// readOptional reads a JSON file that may be missing.
func readOptional(path string, into any) (there bool, err error) {
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("read how the model is used: %w", err)
	}
	if err := json.Unmarshal(data, into); err != nil {
		return false, fmt.Errorf("read how the model is used: %s: %w", path, err)
	}
	return true, nil
}

// tokenIDs returns the ids of tokens by their text, from a tokenizer.json.
func tokenIDs(fields map[string]json.RawMessage, tokens ...string) ([]int64, error) {
	var model struct {
		Vocabulary map[string]int64 `json:"vocab"`
	}
	// In unigram models this is a list. Then only added tokens are known.
	_ = json.Unmarshal(fields["model"], &model)
	var added []struct {
		ID      int64  `json:"id"`
		Content string `json:"content"`
	}
	_ = json.Unmarshal(fields["added_tokens"], &added)
	ids := make([]int64, len(tokens))
	for i, token := range tokens {
		id, ok := model.Vocabulary[token]
		for _, a := range added {
			if a.Content == token {
				id, ok = a.ID, true
			}
		}
		if !ok {
			return nil, fmt.Errorf("it has no token %q, which this model marks texts with", token)
		}
		ids[i] = id
	}
	return ids, nil
}
