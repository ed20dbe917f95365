package wire

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest"
)

func TestReasonsOfUploadsAreTheFilesOwn(t *testing.T) {
	log := &bytes.Buffer{}
	p := &Served{log: slog.New(slog.NewJSONHandler(log, nil))}
	for err, cause := range map[error]retrieval.Cause{
		errors.New("a PDF without text"):                                                       "",
		retrieval.Because(retrieval.CauseScanned, "a PDF of pictures"):                         retrieval.CauseScanned,
		&ingest.PartError{Err: errors.New("embed: dial 10.1.2.3: refused")}:                    retrieval.CauseServer,
		fmt.Errorf("read: %w", &fs.PathError{Op: "open", Path: "/srv/x", Err: fs.ErrNotExist}): retrieval.CauseServer,
	} {
		told := cause != retrieval.CauseServer
		if c, got := p.reason(err); c != cause || (got == err.Error()) != told || strings.Contains(log.String(), err.Error()) == told || got == "" {
			t.Errorf("%v is told as %q, %q; logged %s", err, c, got, log)
		}
	}
}
