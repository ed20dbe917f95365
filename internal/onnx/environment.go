//go:build onnx

package onnx

import (
	"fmt"
	"sync"

	ort "github.com/yalue/onnxruntime_go"
)

// environment guards the start of ONNX Runtime. It is a package variable
// because the C library has one environment per process in any case. It is a
// mutex and not a sync.Once because a start that failed for lack of the library
// must be able to succeed later. The environment is never destroyed: sessions
// of other encoders may still run in it, and the end of the process frees it.
var environment struct {
	sync.Mutex
	library string // the loaded library
}

// start loads ONNX Runtime unless the process has loaded it already.
func start(library string) error {
	environment.Lock()
	defer environment.Unlock()
	if ort.IsInitialized() {
		if library != "" && library != environment.library {
			return fmt.Errorf("start ONNX Runtime from %s: this process runs the one from %s, and can run only one",
				library, environment.library)
		}
		return nil
	}
	path, err := FindLibrary(library)
	if err != nil {
		return err
	}
	if path != "" {
		return load(path)
	}
	for _, name := range libraryNames() {
		if err = load(name); err == nil {
			return nil
		}
	}
	return fmt.Errorf("%w (%w)", &MissingError{
		Part:   "ONNX Runtime",
		Path:   "neither in the cache nor known to the system",
		Remedy: "run `selfrag setup onnxruntime`, or set " + LibraryVariable + " to its shared library",
	}, err)
}

func load(library string) error {
	ort.SetSharedLibraryPath(library)
	// Warnings of the library go to standard error, where users read ours.
	if err := ort.InitializeEnvironment(ort.WithLogLevelError()); err != nil {
		return fmt.Errorf("start ONNX Runtime from %s: %w", library, err)
	}
	environment.library = library
	return nil
}

// Version starts ONNX Runtime from the library (as in EncoderConfig). It
// returns its version, such as "1.31.1", and the path that it was loaded from.
func Version(library string) (version, path string, err error) {
	if err := start(library); err != nil {
		return "", "", err
	}
	environment.Lock()
	defer environment.Unlock()
	return ort.GetVersion(), environment.library, nil
}
