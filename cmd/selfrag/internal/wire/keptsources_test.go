package wire

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"

	"selfrag/retrieval/source"
)

func TestReasonsOfSourcesNameNoPathOfTheServer(t *testing.T) {
	for err, want := range map[error]string{
		errors.New("fetch https://wiki.example.org/: there is no such page"):                                                "there is no such page",
		&source.TargetError{Err: errors.New("embed: dial 10.1.2.3: refused")}:                                               "could not embed or store",
		fmt.Errorf("save the state: %w", &fs.PathError{Op: "open", Path: "/srv/x", Err: fs.ErrPermission}):                  "permission denied; the server's log",
		errors.Join(errors.New("/srv/y"), &os.LinkError{Op: "rename", Old: "/srv/x", New: "/srv/z", Err: fs.ErrPermission}): "permission denied; the server's log",
	} {
		if got := explainSync(err); !strings.Contains(got, want) || strings.Contains(got, "/srv") || strings.Contains(got, "10.1.2.3") {
			t.Errorf("%v is told as %q", err, got)
		}
	}
}
