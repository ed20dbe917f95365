package retrieval

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"unicode/utf8"
)

// RenamedPassage returns the id of a passage whose document was renamed to the
// given source. id is the passage's id until then. A passage needs another id,
// because a document ingested under the old source later gets the old ids.
func RenamedPassage(id, source string) string {
	sum := sha256.Sum256([]byte(source + "\x00" + id))
	return hex.EncodeToString(sum[:12])
}

// CheckRename returns an error if a document cannot be renamed from one source
// to the other.
func CheckRename(from, to string) error {
	switch {
	case to == "":
		return errors.New("the new source is empty")
	case !utf8.ValidString(to):
		return errors.New("the new source is not valid UTF-8")
	case to == from:
		return fmt.Errorf("%w: it is the document's own", ErrTaken)
	}
	return nil
}
