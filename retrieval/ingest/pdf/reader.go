package pdf

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/klippa-app/go-pdfium"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"
)

// The reasons for which a file cannot be read.
var (
	ErrEncrypted = errors.New("a password is needed to open it")
	ErrDamaged   = errors.New("it is damaged or no PDF")
	ErrSlow      = errors.New("reading it takes too long")
	ErrMemory    = errors.New("reading it takes too much memory")
)

// Config tunes a Reader. Its zero value works.
type Config struct {
	// CacheDir is the folder in which the compiled module is kept. With it a
	// reader starts in 0.1 s, without (empty) in 4 s.
	CacheDir string
	// Memory is how many bytes a file may take while it is read, the file
	// itself included; 1 GiB. A file of 405 pages took 60 MB.
	Memory int64
	// PageTime is how long a page may take; 30 s. A page takes 10 to 100 ms.
	PageTime time.Duration
	// FileTime is how long a file may take whatever it holds; 1 minute. To it
	// comes a second for each page, up to ten minutes in all.
	FileTime time.Duration
}

func (c Config) withDefaults() Config {
	c.Memory = cmp.Or(c.Memory, 1<<30)
	c.PageTime = cmp.Or(c.PageTime, 30*time.Second)
	c.FileTime = cmp.Or(c.FileTime, time.Minute)
	return c
}

const (
	timeForPage = time.Second
	maxFileTime = 10 * time.Minute
	wasmPage    = 64 << 10 // bytes
)

// Reader reads PDF files. It starts PDFium when the first file is read. It may
// be used by several goroutines at a time, and must be closed.
type Reader struct {
	cfg Config
	// within is context.WithTimeoutCause, but for tests.
	within func(ctx context.Context, most time.Duration, cause error) (context.Context, context.CancelFunc)

	mu    sync.Mutex
	pool  pdfium.Pool
	cache wazero.CompilationCache
}

// New returns a reader, which costs nothing until a file is read.
func New(cfg Config) *Reader {
	return &Reader{cfg: cfg.withDefaults(), within: context.WithTimeoutCause}
}

// Close ends PDFium. No file may be being read.
func (r *Reader) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var err error
	if r.pool != nil {
		err = r.pool.Close()
	}
	if r.cache != nil {
		err = errors.Join(err, r.cache.Close(context.Background()))
	}
	r.pool, r.cache = nil, nil
	if err != nil {
		return fmt.Errorf("end PDFium: %w", err)
	}
	return nil
}

// maxInstances is how many files are read at a time.
const maxInstances = 16

// start compiles PDFium, or takes it from the cache.
func (r *Reader) start() (pdfium.Pool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool != nil {
		return r.pool, nil
	}
	cache := wazero.NewCompilationCache()
	if r.cfg.CacheDir != "" {
		// A folder that cannot be written costs time, and nothing else.
		if kept, err := wazero.NewCompilationCacheWithDir(r.cfg.CacheDir); err == nil {
			cache = kept
		}
	}
	runtime := wazero.NewRuntimeConfig().
		WithCompilationCache(cache).
		WithCloseOnContextDone(true).
		WithMemoryLimitPages(uint32(min(max(r.cfg.Memory, wasmPage*1024)/wasmPage, 1<<16))).
		// PDFium's setjmp and longjmp are exceptions of WebAssembly.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal: maxInstances, RuntimeConfig: runtime,
		FSConfig: wazero.NewFSConfig(), // no file can be reached
		Stdout:   io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", errors.Join(err, cache.Close(context.Background())))
	}
	r.pool, r.cache = pool, cache
	return pool, nil
}
