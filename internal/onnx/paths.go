package onnx

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryVariable is the environment variable that names ONNX Runtime's shared
// library.
const LibraryVariable = "SELFRAG_ONNXRUNTIME"

// CacheDir is the folder that the scripts put the real parts into:
// $SELFRAG_CACHE, else $XDG_CACHE_HOME/selfrag, else ~/.cache/selfrag. It is
// not os.UserCacheDir, which is another folder on macOS than the scripts use.
func CacheDir() (string, error) {
	if dir := os.Getenv("SELFRAG_CACHE"); dir != "" {
		return filepath.Abs(dir)
	}
	if dir := os.Getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Abs(filepath.Join(dir, "selfrag"))
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the cache folder: %w: set SELFRAG_CACHE to one", err)
	}
	return filepath.Join(home, ".cache", "selfrag"), nil
}

// ModelDir is the folder of the named model below CacheDir.
func ModelDir(name string) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "models", name), nil
}

// FindLibrary tells where ONNX Runtime's shared library is: the given path,
// else SELFRAG_ONNXRUNTIME, else lib/ below CacheDir, else "", which leaves it
// to the system's loader and its own names for the library. A path that was
// asked for and holds no file is a *MissingError: another library must not
// take its place unnoticed.
func FindLibrary(path string) (string, error) {
	if asked := cmp.Or(path, os.Getenv(LibraryVariable)); asked != "" {
		remedy := "name ONNX Runtime's shared library there, or leave the setting empty and run scripts/onnxruntime"
		return asked, requireFile("ONNX Runtime", asked, remedy)
	}
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	cached := filepath.Join(cache, "lib", libraryNames()[0])
	if _, err := os.Stat(cached); err == nil {
		return cached, nil
	}
	return "", nil
}

// libraryNames are the names under which ONNX Runtime is installed on this
// system. A runtime package on Linux has only the name with the version.
func libraryNames() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"libonnxruntime.dylib"}
	case "windows":
		return []string{"onnxruntime.dll"}
	}
	return []string{"libonnxruntime.so", "libonnxruntime.so.1"}
}
