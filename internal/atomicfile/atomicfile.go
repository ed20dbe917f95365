// Package atomicfile writes a file in one step: whoever reads it finds the old
// content or the new one, also after a crash.
package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts the content in the place of the file, and makes the folders that
// are missing. Only the user who runs the program can read what it makes: the
// files hold what people ask, and keys. The errors are those of package os.
func Write(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return WriteMode(path, content, 0o600)
}

// WriteMode puts the content in the place of the file, which gets this mode
// whatever the process masks. Its folder must be there.
func WriteMode(path string, content []byte, mode fs.FileMode) (err error) {
	temporary, err := os.CreateTemp(filepath.Dir(path), ".new-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temporary.Name())
		}
	}()
	_, err = temporary.Write(content)
	err = errors.Join(err, temporary.Chmod(mode), temporary.Sync(), temporary.Close())
	if err != nil {
		return err
	}
	return os.Rename(temporary.Name(), path)
}
