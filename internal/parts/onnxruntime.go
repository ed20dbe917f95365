package parts

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// onnxRuntimeVersion is the release that the program is tested with. The library
// is the one inside the Python package onnxruntime.
const onnxRuntimeVersion = "1.31.1"

// library is ONNX Runtime for one platform. The package holds the same library
// for each version of Python, so one of them is taken.
type library struct {
	platform string // as runtime.GOOS/runtime.GOARCH
	sha256   string // of the package
	member   string // the library in the package
	content  string // SHA-256 of the library
	size     int64  // of the library in bytes
	file     string // the name under which it is installed
	alias    string // a link to it, or empty
}

func libraries() []library {
	return []library{
		{
			platform: "linux/amd64", sha256: "5752bd508126ae7c49894d3b9d2e83f0c3d487319246d04c444b393308d7ad7f",
			member: "libonnxruntime.so.1.31.1", content: "fc44112fbe06d7d689c57e11d3862031f64711007e4ee020f8eed5185fd2c1d3", size: 29352200,
			file: "libonnxruntime.so.1.31.1", alias: "libonnxruntime.so",
		},
		{
			platform: "linux/arm64", sha256: "da05378364c44d4407e463982d2bf8d5e4cfea873283757e48beeb41df97b7f3",
			member: "libonnxruntime.so.1.31.1", content: "8aa3b76b28c778a2b1dd660d34161adb1d508c9ccd04ff9dc80e26eca5df8467", size: 25265040,
			file: "libonnxruntime.so.1.31.1", alias: "libonnxruntime.so",
		},
		{
			platform: "darwin/arm64", sha256: "60b6b69bfe580eab576cacc5d132a0e9cf2a37fcfd18d46dd191042b1d1ed0d7",
			member: "libonnxruntime.1.31.1.dylib", content: "f8b06155feece624e55e49124340eea279da812529ae6fbc46a9f2be9c9cad2e", size: 33037336,
			file: "libonnxruntime.1.31.1.dylib", alias: "libonnxruntime.dylib",
		},
		{
			platform: "windows/amd64", sha256: "c3d91b5de31e2fc82d71bd65b2b22bddee8b49057a3a36338e9a868e0ea90c05",
			member: "onnxruntime.dll", content: "8482d2ee174e28504f99730fb01d6861575870283de4ed3a897ad39170d9a9b9", size: 19288888,
			file: "onnxruntime.dll",
		},
		{
			platform: "windows/arm64", sha256: "93800007a7023b3ab26ad72e6463d0d57d84ead49a2f6341954d91438e046bc0",
			member: "onnxruntime.dll", content: "f4f7729bf4aa0c78b6ab5253747f3593bb9a28b4c4275a0a9f59f04ea580d61f", size: 19171640,
			file: "onnxruntime.dll",
		},
	}
}

func platform() string { return runtime.GOOS + "/" + runtime.GOARCH }

// PlatformError is returned if there is no package of ONNX Runtime for a platform.
type PlatformError struct{ Platform string }

func (e *PlatformError) Error() string {
	return fmt.Sprintf("there is no package of ONNX Runtime %s for %s: install it from https://onnxruntime.ai and set SELFRAG_ONNXRUNTIME to its library",
		onnxRuntimeVersion, e.Platform)
}

// Unreachable reports that the part cannot be used.
func (e *PlatformError) Unreachable() bool { return true }

func onnxRuntimeFor(platform string) (library, error) {
	for _, l := range libraries() {
		if l.platform == platform {
			return l, nil
		}
	}
	return library{}, &PlatformError{platform}
}

func (l library) wheel() pinned {
	return pinned{project: "onnxruntime", version: onnxRuntimeVersion, sha256: l.sha256}
}

func (f *Fetcher) libraryPath(l library) string { return filepath.Join(f.cfg.Cache, "lib", l.file) }

func (f *Fetcher) installONNXRuntime(ctx context.Context) error {
	l, err := onnxRuntimeFor(platform())
	if err != nil {
		return err
	}
	return f.installLibrary(ctx, l)
}

func (f *Fetcher) installLibrary(ctx context.Context, l library) error {
	wheel, err := f.get(ctx, l.wheel())
	if err != nil {
		return err
	}
	to := f.libraryPath(l)
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	if err := unpack(ctx, wheel, "onnxruntime/capi/"+l.member, to, l.content); err != nil {
		return err
	}
	if l.alias != "" {
		alias := filepath.Join(filepath.Dir(to), l.alias)
		if err := os.Remove(alias); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
		if err := os.Symlink(l.file, alias); err != nil {
			return err
		}
	}
	return f.forget(l.wheel())
}
