package talk

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"selfrag/internal/atomicfile"
)

// mostHistory is the maximum number of lines that history.read returns.
const mostHistory = 1000

// history is a file of typed lines, the latest last. Chats that run at the same
// time share it.
type history struct{ path string }

// read returns the latest lines, at most mostHistory. If the file has more than
// twice as many lines, read shortens the file.
func (h *history) read() ([]string, error) {
	content, err := os.ReadFile(h.path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			err = nil
		}
		return nil, err
	}
	var out []string
	for line := range strings.Lines(string(content)) {
		if line = strings.TrimSuffix(line, "\n"); line != "" && utf8.ValidString(line) {
			out = append(out, line)
		}
	}
	if len(out) > 2*mostHistory {
		err = atomicfile.Write(h.path, []byte(strings.Join(out[len(out)-mostHistory:], "\n")+"\n"))
	}
	return out[max(0, len(out)-mostHistory):], err
}

// append adds a line. Only the owner can read the file, because other users
// must not see the questions.
func (h *history) append(line string) error {
	if err := os.MkdirAll(filepath.Dir(h.path), 0o700); err != nil {
		return err
	}
	file, err := os.OpenFile(h.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = file.WriteString(line + "\n")
	return errors.Join(err, file.Close())
}
