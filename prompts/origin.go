package prompts

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
)

// OriginsFile is a file in a folder of prompts that lists, as JSON by file
// name, the origins of prompts that came from a registry.
const OriginsFile = ".origins.json"

// Origin is the name and version of a prompt in a registry.
type Origin struct {
	Name    string `json:"name"`
	Version int    `json:"version"`
	// SHA256 is the digest of the file's text when it came. If the file has
	// changed since then, it is not that version any more.
	SHA256 string `json:"sha256"`
	// Fixed says that the text of the version never changes. A text that the
	// registry composes of several prompts changes with any of them.
	Fixed bool `json:"fixed,omitempty"`
}

// OriginOf returns the origin of a text that came from a registry.
func OriginOf(name string, version int, text string) Origin {
	return Origin{Name: name, Version: version, SHA256: digest(text)}
}

// Holds reports whether a text is unchanged since it came from the registry.
func (o Origin) Holds(text string) bool { return o.SHA256 != "" && o.SHA256 == digest(text) }

func digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// ReadOrigins reads the origins of a folder of prompts. A folder without
// origins is not an error.
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
