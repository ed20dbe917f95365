package onnx

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// LibraryVariable is the environment variable with the path of ONNX Runtime's
// shared library.
const LibraryVariable = "SELFRAG_ONNXRUNTIME"

// CacheDir returns the folder of downloaded parts:
// $SELFRAG_CACHE, or $XDG_CACHE_HOME/selfrag, or ~/.cache/selfrag. It does not
// use os.UserCacheDir, which on macOS is not the folder that the scripts of the
// project use.
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

// ModelDir returns the folder of the named model below CacheDir.
func ModelDir(name string) (string, error) {
	cache, err := CacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(cache, "models", name), nil
}

// FindLibrary returns the location of ONNX Runtime's shared library: the given
// path, or SELFRAG_ONNXRUNTIME, or a file in lib/ below CacheDir, or "", which
// leaves the search to the system's loader. If a given path holds no file, the
// error is a *MissingError: another library must not be used without notice.
func FindLibrary(path string) (string, error) {
	if asked := cmp.Or(path, os.Getenv(LibraryVariable)); asked != "" {
		remedy := "name ONNX Runtime's shared library there, or leave the setting empty and run `selfrag setup onnxruntime`"
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

// libraryNames returns the file names of ONNX Runtime on this system. A runtime
// package on Linux has only the name with the version.
func libraryNames() []string {
	switch runtime.GOOS {
	case "darwin":
		return []string{"libonnxruntime.dylib"}
	case "windows":
		return []string{"onnxruntime.dll"}
	}
	return []string{"libonnxruntime.so", "libonnxruntime.so.1"}
}
