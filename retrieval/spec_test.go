package retrieval_test

import (
	"encoding/json"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func TestSpecSame(t *testing.T) {
	spec := retrieval.EmbedderSpec{
		Model: "onnx/bge-m3", Dimensions: 1024, Metric: "cosine", Pooling: "cls", Normalised: true,
		QueryPrompt: "q: ", PassagePrompt: "p: ", MaxTokens: 512,
	}
	if !spec.Same(spec) {
		t.Error("a spec is not the same as itself")
	}
	for name, change := range map[string]func(*retrieval.EmbedderSpec){
		"model":          func(s *retrieval.EmbedderSpec) { s.Model = "onnx/kure-v1" },
		"dimensions":     func(s *retrieval.EmbedderSpec) { s.Dimensions = 512 },
		"pooling":        func(s *retrieval.EmbedderSpec) { s.Pooling = "mean" },
		"normalisation":  func(s *retrieval.EmbedderSpec) { s.Normalised = false },
		"query prompt":   func(s *retrieval.EmbedderSpec) { s.QueryPrompt = "" },
		"passage prompt": func(s *retrieval.EmbedderSpec) { s.PassagePrompt = "" },
		"limit":          func(s *retrieval.EmbedderSpec) { s.MaxTokens = 256 },
	} {
		other := spec
		change(&other)
		if spec.Same(other) || other.Same(spec) {
			t.Errorf("another %s: held to be the same", name)
		}
		if err := (&retrieval.EmbedderMismatchError{Collection: "c", Have: spec, Want: other}).Error(); !strings.Contains(err, "`selfrag collections reembed c`") {
			t.Errorf("%s: got %q", name, err)
		}
	}
}

// A record from before specs said how a model is used can still be opened.
func TestSpecOfOldRecords(t *testing.T) {
	var old retrieval.EmbedderSpec
	if err := json.Unmarshal([]byte(`{"model":"onnx/all-minilm-l6-v2","dimensions":384,"metric":"cosine","languages":["en"]}`), &old); err != nil {
		t.Fatal(err)
	}
	now := old
	now.Pooling, now.Normalised, now.MaxTokens = "mean", true, 256
	if old.SaysUse() || !old.Same(now) || !now.Same(old) {
		t.Errorf("%+v and %+v are held to be different", old, now)
	}
	now.Dimensions = 512
	if old.Same(now) {
		t.Error("other dimensions are held to be the same")
	}
}
