package registry

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"selfrag/prompts"
)

// Pulled is the result of Pull, by file name.
type Pulled struct {
	Written   []string  `json:"written"`
	Unchanged []string  `json:"unchanged"`
	Kept      []string  `json:"kept"` // changed in the folder since they were pulled, or written there by hand
	Problems  []Problem `json:"-"`
}

// Pull writes the prompts with a label into a folder that --prompts reads. A
// file that an earlier Pull did not write in this form was edited by hand and
// stays, unless force is set.
func Pull(ctx context.Context, from Source, label, dir string, force bool) (Pulled, error) {
	var out Pulled
	have, err := read(dir)
	if err != nil {
		return out, err
	}
	got, problems, err := fetch(ctx, from, label, have)
	if err != nil {
		return out, fmt.Errorf("pull the prompts labelled %s: %w", label, err)
	}
	out.Problems = problems
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return out, fmt.Errorf("pull the prompts: %w", err)
	}
	origins, err := prompts.ReadOrigins(os.DirFS(dir))
	if err != nil {
		return out, fmt.Errorf("folder %s: %w", dir, err)
	}
	if origins == nil {
		origins = map[string]prompts.Origin{}
	}
	for _, file := range got.files() {
		one := got[file]
		now, err := os.ReadFile(filepath.Join(dir, file))
		isNew := errors.Is(err, fs.ErrNotExist)
		_, asPulled := have[file]
		switch {
		case err != nil && !isNew:
			return out, fmt.Errorf("pull the prompts: %w", err)
		case !isNew && string(now) == one.text:
			out.Unchanged = append(out.Unchanged, file)
		case !isNew && !asPulled && !force:
			out.Kept = append(out.Kept, file)
			continue
		default:
			if err := write(dir, file, []byte(one.text)); err != nil {
				return out, fmt.Errorf("pull the prompts: %w", err)
			}
			out.Written = append(out.Written, file)
		}
		origins[file] = one.origin
	}
	if err := writeOrigins(dir, origins); err != nil {
		return out, fmt.Errorf("pull the prompts: %w", err)
	}
	return out, nil
}
