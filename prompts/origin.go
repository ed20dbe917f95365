package prompts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// OriginsFile is a file in a folder of prompts that tells which of them came
// from a registry: the origins as JSON, by file name.
const OriginsFile = ".origins.json"

// Origin is under which name and version a registry keeps a prompt.
type Origin struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	// SHA256 is that of the file's text as it came. A prompt whose file was
	// changed since is not that version any more.
	SHA256 string `json:"sha256"`
	// Fixed says that the version has this text for good. A text that the
	// registry puts together of several prompts changes with any of them.
	Fixed bool `json:"fixed,omitempty"`
}

// OriginOf is the origin of a text that came from a registry.
func OriginOf(name string, version int, text string) Origin {
	return Origin{Name: name, Version: version, SHA256: digest(text)}
}

// Holds tells whether a text is as it came from the registry.
func (o Origin) Holds(text string) bool { return o.SHA256 != "" && o.SHA256 == digest(text) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// ReadOrigins reads the origins of a folder of prompts; none is no error.
func ReadOrigins(folder fs.FS) (map[string]Origin, error) {
	b, err := fs.ReadFile(folder, OriginsFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out map[string]Origin
	if err == nil {
		err = json.Unmarshal(b, &out)
	}
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", OriginsFile, err)
	}
	return out, nil
}
