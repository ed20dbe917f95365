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

// The errors of Read for a file that cannot be read.
var (
	ErrEncrypted = errors.New("a password is needed to open it")
	ErrDamaged   = errors.New("it is damaged or not a PDF")
	ErrSlow      = errors.New("reading it takes too long")
	ErrMemory    = errors.New("reading it takes too much memory")
)

// Config tunes a Reader. Its zero value works.
type Config struct {
	// CacheDir is the folder that keeps compiled PDFium. With it a reader starts
	// in 0.1 s. If it is empty, nothing is kept, and each start takes 4 s.
	CacheDir string
	// Memory is the maximum number of bytes that reading a file may take, the
	// file itself included. The default is 1 GiB. A file of 405 pages took 60 MB.
	Memory int64
	// PageTime is the maximum time for reading a page. The default is 30 s. A
	// page takes 10 to 100 ms.
	PageTime time.Duration
	// FileTime is the maximum time for reading a file, to which one second is
	// added for each page, up to ten minutes in all. The default is 1 minute.
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

// Reader reads PDF files. It starts PDFium when it reads the first file. It may
// be used by several goroutines at the same time. It must be closed.
type Reader struct {
	cfg Config
	// within is context.WithTimeoutCause. Tests replace it.
	within func(ctx context.Context, most time.Duration, cause error) (context.Context, context.CancelFunc)

	mu    sync.Mutex
	pool  pdfium.Pool
	cache wazero.CompilationCache
}

// New returns a reader. It does not start PDFium yet.
func New(cfg Config) *Reader {
	return &Reader{cfg: cfg.withDefaults(), within: context.WithTimeoutCause}
}

// Close ends PDFium. It must not be called while a file is being read.
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

// maxInstances is the maximum number of files that are read at the same time.
const maxInstances = 16

// start compiles PDFium or takes it from the cache, unless that is done already.
func (r *Reader) start() (pdfium.Pool, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pool != nil {
		return r.pool, nil
	}
	cache := wazero.NewCompilationCache()
	if r.cfg.CacheDir != "" {
		// If the folder cannot be written, PDFium is compiled again each time.
		if kept, err := wazero.NewCompilationCacheWithDir(r.cfg.CacheDir); err == nil {
			cache = kept
		}
	}
	runtime := wazero.NewRuntimeConfig().
		WithCompilationCache(cache).
		WithCloseOnContextDone(true).
		WithMemoryLimitPages(uint32(min(max(r.cfg.Memory, wasmPage*1024)/wasmPage, 1<<16))).
		// PDFium's setjmp and longjmp are compiled to WebAssembly exceptions.
		WithCoreFeatures(api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling)
	pool, err := webassembly.Init(webassembly.Config{
		MaxTotal: maxInstances, RuntimeConfig: runtime,
		FSConfig: wazero.NewFSConfig(), // no access to files
		Stdout:   io.Discard, Stderr: io.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("start PDFium: %w", errors.Join(err, cache.Close(context.Background())))
	}
	r.pool, r.cache = pool, cache
	return pool, nil
}
