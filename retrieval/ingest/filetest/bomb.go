package filetest

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"

	"selfrag/retrieval/ingest/content"
)

// The maxBytes with which a bomb is read, and the number of bytes that a bomb
// should unpack to.
const (
	bombLimit    = 1 << 20
	BombUnpacked = 32 << 20
)

// CheckBomb reads a bomb: a small file that unpacks to very much, or refers to very
// much. It fails the test unless the reader returns content.ErrTooLarge or a text
// within the limit. Reading may allocate at most 40 times the limit.
func CheckBomb(t *testing.T, of content.Reader, raw []byte) {
	t.Helper()
	if len(raw) > bombLimit {
		t.Fatalf("it is no small file: %d bytes", len(raw))
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	c, err := of(t.Context(), raw, bombLimit)
	runtime.ReadMemStats(&after)
	if took := after.TotalAlloc - before.TotalAlloc; took > 40*bombLimit {
		t.Errorf("it allocated %d MB in all", took>>20)
	}
	switch {
	case err == nil && len(c.Text) > bombLimit:
		t.Errorf("a text of %d bytes", len(c.Text))
	case err != nil && !errors.Is(err, content.ErrTooLarge):
		t.Errorf("refused since %v", err)
	}
	t.Logf("%d bytes of text, %v, %d MB allocated", len(c.Text), err, (after.TotalAlloc-before.TotalAlloc)>>20)
}

// BombIn returns a packed file in which a mark, in one of the parts, is replaced
// with a text that is repeated up to size bytes.
func BombIn(tb testing.TB, packed []byte, part, mark, text string, size int64) []byte {
	tb.Helper()
	in, err := zip.NewReader(bytes.NewReader(packed), int64(len(packed)))
	if err != nil {
		tb.Fatal(err)
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, f := range in.File {
		from, err := f.Open()
		if err != nil {
			tb.Fatal(err)
		}
		raw, err := io.ReadAll(from)
		if err != nil {
			tb.Fatal(err)
		}
		to, err := w.Create(f.Name)
		if err != nil {
			tb.Fatal(err)
		}
		content := []io.Reader{bytes.NewReader(raw)}
		if before, after, ok := bytes.Cut(raw, []byte(mark)); ok && f.Name == part {
			content = []io.Reader{bytes.NewReader(before), endlessly(text, size), bytes.NewReader(after)}
		}
		if _, err := io.Copy(to, io.MultiReader(content...)); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// endlessly returns a reader that repeats a text up to size bytes.
func endlessly(text string, size int64) io.Reader {
	return io.LimitReader(&again{text: text}, size)
}

// again is a reader that repeats a text without end.
type again struct {
	text string
	at   int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.text[a.at:])
	a.at = (a.at + n) % len(a.text)
	return n, nil
}
