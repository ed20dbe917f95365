package registry

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"selfrag/internal/atomicfile"
	"selfrag/prompts"
)

// text is the text of a prompt's file, and where it came from.
type text struct {
	text   string
	origin prompts.Origin
}

// texts are prompts by file name.
type texts map[string]text

// read reads the prompts of a folder that are as they came from the registry.
// A folder that is not there has none.
func read(dir string) (texts, error) {
	origins, err := prompts.ReadOrigins(os.DirFS(dir))
	if err != nil {
		return nil, fmt.Errorf("folder %s: %w", dir, err)
	}
	out := texts{}
	for file, origin := range origins {
		if !filepath.IsLocal(file) {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err == nil && origin.Holds(string(b)) {
			out[file] = text{string(b), origin}
		}
	}
	return out, nil
}

// write writes a file of the folder, whole or not at all.
func write(dir, name string, content []byte) error {
	return atomicfile.WriteMode(filepath.Join(dir, name), content, 0o644)
}

// writeOrigins writes where the prompts of a folder came from.
func writeOrigins(dir string, origins map[string]prompts.Origin) error {
	b, err := json.MarshalIndent(origins, "", "  ")
	if err != nil {
		return err
	}
	return write(dir, prompts.OriginsFile, append(b, '\n'))
}

func (t texts) origins() map[string]prompts.Origin {
	out := map[string]prompts.Origin{}
	for file, one := range t {
		out[file] = one.origin
	}
	return out
}

// save makes a folder hold these prompts and no others that came from a
// registry.
func (t texts) save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	before, err := read(dir)
	if err != nil {
		before = nil // broken origins are written anew
	}
	for file, one := range t {
		if before[file] == one {
			continue
		}
		if err := write(dir, file, []byte(one.text)); err != nil {
			return err
		}
	}
	if err := writeOrigins(dir, t.origins()); err != nil {
		return err
	}
	for file := range before {
		if _, still := t[file]; still {
			continue
		}
		if err := os.Remove(filepath.Join(dir, file)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}

// files lists the file names in order.
func (t texts) files() []string { return slices.Sorted(maps.Keys(t)) }
