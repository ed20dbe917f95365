// Package download fetches large files over HTTP: it resumes an interrupted
// download, gives up on a server that sends nothing, and gives a file its name
// only when it is complete and checked.
package download

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// ErrBrokenOff is wrapped by errors about an interrupted download.
var ErrBrokenOff = errors.New("the download was interrupted; run the command again to resume it")

// File describes a file to fetch.
type File struct {
	To string // path of the file; the incomplete file has the suffix ".part"
	// Patience is the time without any data after which the download counts as
	// interrupted.
	Patience time.Duration
	// Open requests the file from an offset on. The response has the status 200
	// and the whole file, or the status 206 and the rest of the file.
	Open func(ctx context.Context, offset int64) (*http.Response, error)
	// Most is the maximum size of the file in bytes; 0 means any.
	Most int64
	// Check compares the complete file at path with what was expected. If it
	// fails, the file that was fetched is removed.
	Check func(ctx context.Context, path string) error
	// Failed wraps the error of a server that cannot be used.
	Failed func(error) error
	// Progress is called with the number of bytes that have arrived, and that of
	// the whole file. total is 0 while it is unknown.
	Progress func(done, total int64)
}

// Get fetches the file, unless it is there already. A file that is there received its
// name after it was complete and checked; the caller checks it again if somebody else
// may have written it.
func (f File) Get(ctx context.Context) error {
	if info, err := os.Stat(f.To); err == nil {
		f.Progress(info.Size(), info.Size())
		return nil
	}
	part := f.To + ".part"
	have := int64(0)
	if info, err := os.Stat(part); err == nil {
		have = info.Size()
	}
	asking, silence, done := withPatience(ctx, f.Patience)
	defer done()
	resp, err := f.Open(asking, have)
	if err != nil {
		return f.failed(ctx, asking, err)
	}
	defer resp.Body.Close()
	if err := os.MkdirAll(filepath.Dir(f.To), 0o755); err != nil {
		return err
	}
	flags := os.O_CREATE | os.O_WRONLY | os.O_TRUNC
	if resp.StatusCode == http.StatusPartialContent {
		flags = os.O_CREATE | os.O_WRONLY | os.O_APPEND
	} else {
		have = 0
	}
	if err := f.save(resp, part, flags, have, silence); err != nil {
		return f.failed(ctx, asking, err)
	}
	if err := f.Check(ctx, part); err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return os.Rename(part, f.To)
}

// save appends the body of the response to the bytes that are there.
func (f File) save(resp *http.Response, part string, flags int, have int64, silence *time.Timer) error {
	out, err := os.OpenFile(part, flags, 0o644)
	if err != nil {
		return err
	}
	total := int64(0)
	if resp.ContentLength > 0 {
		total = have + resp.ContentLength
	}
	body := io.Reader(resp.Body)
	if f.Most > 0 {
		body = io.LimitReader(body, max(0, f.Most-have)+1)
	}
	_, err = io.Copy(out, counting{body, func(n int) {
		have += int64(n)
		silence.Reset(f.Patience)
		f.Progress(have, total)
	}})
	if closed := out.Close(); closed != nil {
		return closed
	}
	if f.Most > 0 && have > f.Most {
		return errors.Join(f.Failed(fmt.Errorf("it sends more than the %d bytes that the file may have", f.Most)), os.Remove(part))
	}
	if full := (*fs.PathError)(nil); err == nil || errors.As(err, &full) {
		return err // the disk failed, not the network
	}
	return f.Failed(fmt.Errorf("%w: %w", ErrBrokenOff, err))
}

// failed returns the reason for a failed request: the end of the caller's
// context or of the request's context, or err.
func (f File) failed(ctx, asking context.Context, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("stopped; run the command again to resume it: %w", ctx.Err())
	case asking.Err() != nil:
		return f.Failed(context.Cause(asking))
	}
	return err
}

// withPatience returns a context that ends when the timer fires. The caller must
// call done at the end.
func withPatience(ctx context.Context, patience time.Duration) (_ context.Context, silence *time.Timer, done func()) {
	ctx, stop := context.WithCancelCause(ctx)
	silence = time.AfterFunc(patience, func() { stop(fmt.Errorf("nothing came for %v", patience)) })
	return ctx, silence, func() {
		silence.Stop()
		stop(nil)
	}
}

type counting struct {
	io.Reader
	count func(n int)
}

func (c counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.count(n)
	return n, err
}

// WithoutUser returns an address without the user and the password in it, for messages.
// The address may be malformed, so everything up to the last @ counts as such.
func WithoutUser(address string) string {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return address
	}
	scheme, _, ok := strings.Cut(address, "://")
	if !ok || len(scheme) > at {
		return address[at+1:]
	}
	return scheme + "://" + address[at+1:]
}
