package replay

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"selfrag/internal/atomicfile"
)

// readFile adds the exchanges of a file to the known ones.
func readFile(path string, known map[string]exchange) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	defer file.Close()
	var r io.Reader = file
	if strings.HasSuffix(path, ".gz") {
		unzipped, err := gzip.NewReader(file)
		if err != nil {
			return err
		}
		defer unzipped.Close()
		r = unzipped
	}
	return readLines(r, known)
}

func readLines(r io.Reader, known map[string]exchange) error {
	d := json.NewDecoder(bufio.NewReader(r))
	for n := 1; ; n++ {
		var e exchange
		if err := d.Decode(&e); err == io.EOF {
			return nil
		} else if err != nil {
			return fmt.Errorf("exchange %d: %w", n, err)
		}
		known[e.Key] = e
	}
}

// writeFile replaces a file atomically, so that a killed test leaves the old
// one.
func writeFile(path string, exchanges []exchange) error {
	slices.SortFunc(exchanges, func(a, b exchange) int {
		return cmp.Or(cmp.Compare(a.Hint, b.Hint), cmp.Compare(a.Key, b.Key))
	})
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	var content bytes.Buffer
	if err := writeLines(&content, exchanges, strings.HasSuffix(path, ".gz")); err != nil {
		return err
	}
	return atomicfile.WriteMode(path, content.Bytes(), 0o644)
}

func writeLines(w io.Writer, exchanges []exchange, zipped bool) error {
	if zipped {
		z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
		if err != nil {
			return err
		}
		return errors.Join(writeLines(z, exchanges, false), z.Close())
	}
	buffered := bufio.NewWriter(w)
	for _, e := range exchanges {
		if err := writeLine(buffered, e); err != nil {
			return err
		}
	}
	return buffered.Flush()
}

func writeLine(w io.Writer, e exchange) error {
	line, err := encode(e)
	if err != nil {
		return err
	}
	_, err = w.Write(append(line, '\n'))
	return err
}
