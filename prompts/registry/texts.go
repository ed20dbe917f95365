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

// text is the text of a prompt's file and its origin.
type text struct {
	text   string
	origin prompts.Origin
}

// texts are prompts by file name.
type texts map[string]text

// read returns the prompts of a folder that are unchanged since they came from
// the registry. A missing folder has none.
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

// write writes a file of the folder atomically.
func write(dir, name string, content []byte) error {
	return atomicfile.WriteMode(filepath.Join(dir, name), content, 0o644)
}

// writeOrigins writes the origins of the prompts in a folder.
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

// save makes a folder hold exactly these prompts of a registry.
func (t texts) save(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	before, err := read(dir)
	if err != nil {
		before = nil // broken origins are overwritten
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

// files returns the file names in order.
func (t texts) files() []string { return slices.Sorted(maps.Keys(t)) }
