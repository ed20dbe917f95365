package replay

import (
	"context"
	"io"
)

// chunkedBody returns at most one chunk per read, as a connection would, and
// fails like a connection when the request is cancelled.
type chunkedBody struct {
	ctx    context.Context
	chunks [][]byte
}

func (b *chunkedBody) Read(p []byte) (int, error) {
	if err := b.ctx.Err(); err != nil {
		return 0, err
	}
	for len(b.chunks) > 0 && len(b.chunks[0]) == 0 {
		b.chunks = b.chunks[1:]
	}
	if len(b.chunks) == 0 {
		return 0, io.EOF
	}
	n := copy(p, b.chunks[0])
	b.chunks[0] = b.chunks[0][n:]
	return n, nil
}

func (b *chunkedBody) Close() error {
	b.chunks = nil
	return nil
}
