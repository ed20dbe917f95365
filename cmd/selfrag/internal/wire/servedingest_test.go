package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"selfrag/retrieval/ingest"
)

func TestReasonsOfUploadsAreTheFilesOwn(t *testing.T) {
	log := &bytes.Buffer{}
	p := &Served{log: slog.New(slog.NewJSONHandler(log, nil))}
	for err, told := range map[error]bool{
		errors.New("a PDF without text"):                                                       true,
		&ingest.PartError{Err: errors.New("embed: dial 10.1.2.3: refused")}:                    false,
		fmt.Errorf("read: %w", &fs.PathError{Op: "open", Path: "/srv/x", Err: fs.ErrNotExist}): false,
	} {
		if got := p.reason(err); (got == err.Error()) != told || strings.Contains(log.String(), err.Error()) == told || got == "" {
			t.Errorf("%v is told as %q; logged %s", err, got, log)
		}
	}
}
