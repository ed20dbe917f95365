package embed

import (
	"path/filepath"
	"testing"
)

func TestParseName(t *testing.T) {
	for text, want := range map[string]Name{
		"onnx/all-minilm-l6-v2":         {"onnx", "all-minilm-l6-v2", 0},
		"ollama/mxbai-embed-large@512":  {"ollama", "mxbai-embed-large", 512},
		"ollama/mxbai-embed-large:335m": {"ollama", "mxbai-embed-large:335m", 0},
		"openai/BAAI/bge-m3":            {"openai", "BAAI/bge-m3", 0},
		"onnx//models/me@home/bge":      {"onnx", "/models/me@home/bge", 0},
		"onnx//models/me@home/bge@8":    {"onnx", "/models/me@home/bge", 8},
	} {
		got, err := ParseName(text)
		if err != nil || got != want || got.String() != text {
			t.Errorf("%s: got %+v (%s), %v", text, got, got, err)
		}
	}
	for _, text := range []string{"", "auto", "none", "/m", "onnx/", "onnx/m@", "onnx/m@x", "onnx/m@0", "onnx/m@-1", "onnx/@5"} {
		if got, err := ParseName(text); err == nil {
			t.Errorf("%q: got %+v and no error", text, got)
		}
	}
}

func TestCanonical(t *testing.T) {
	here, err := filepath.Abs("testdata")
	if err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		"ollama/bge-m3:latest@64": "ollama/bge-m3@64",
		"onnx/./testdata":         "onnx/" + here,
		"onnx/bge-m3":             "onnx/bge-m3",
		"openai/m:latest":         "openai/m:latest",
	} {
		n, err := ParseName(text)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := n.Canonical(); err != nil || got.String() != want {
			t.Errorf("%s: got %s, %v; want %s", text, got, err, want)
		}
	}
}
