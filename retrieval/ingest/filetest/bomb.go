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

// The limit of bytes with which a bomb is read, and the bytes that it unpacks
// to.
const (
	bombLimit    = 1 << 20
	BombUnpacked = 32 << 20
)

// CheckBomb fails a test unless a small file that unpacks to much, or names
// much, is refused when it passes the limit, or gives a text within it. Reading
// it may take a few times the limit of memory and no more.
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

// BombIn puts a text that goes on for size bytes in place of a mark in one of
// the parts of a packed file.
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

// endlessly reads a text again and again, up to size bytes.
func endlessly(text string, size int64) io.Reader {
	return io.LimitReader(&again{text: text}, size)
}

// again is a reader of a text again and again.
type again struct {
	text string
	at   int
}

func (a *again) Read(p []byte) (int, error) {
	n := copy(p, a.text[a.at:])
	a.at = (a.at + n) % len(a.text)
	return n, nil
}
