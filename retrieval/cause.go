package retrieval

import "errors"

// Cause says why a document cannot be read. Its text is the code in the JSON of the
// HTTP API, so that a page can say it in its reader's language. The error has the
// details.
type Cause string

// The causes. An error that states none is explained by its text alone.
const (
	CauseEncrypted     Cause = "encrypted"      // a password is needed
	CauseDamaged       Cause = "damaged"        // or of another type than its name says
	CauseEmpty         Cause = "empty"          // it holds no text
	CauseTooLarge      Cause = "too_large"      // larger than the limit
	CauseScanned       Cause = "scanned"        // pictures of pages, without text
	CauseNoCharacters  Cause = "no_characters"  // its fonts do not say which characters they show
	CauseCopyProtected Cause = "copy_protected" // made for distribution, protected against copying
	CauseOldFormat     Cause = "old_format"     // of an old program, which must save it anew
	CauseUnknownType   Cause = "unknown_type"   // no reader takes files of its type
	CauseArchive       Cause = "archive"        // a packed folder
	CauseNotText       Cause = "not_text"       // not text, or in an unknown encoding
	CauseServer        Cause = "server"         // a part of the server failed, not the document
)

// Causes returns all causes.
func Causes() []Cause {
	return []Cause{
		CauseEncrypted, CauseDamaged, CauseEmpty, CauseTooLarge, CauseScanned, CauseNoCharacters,
		CauseCopyProtected, CauseOldFormat, CauseUnknownType, CauseArchive, CauseNotText, CauseServer,
	}
}

// Because returns an error with a cause. text explains it in a sentence.
func Because(cause Cause, text string) error { return &causeError{cause, text} }

// CauseOf returns the outermost cause in an error's chain, or "" if none is stated.
func CauseOf(err error) Cause {
	var known *causeError
	if errors.As(err, &known) {
		return known.cause
	}
	return ""
}

type causeError struct {
	cause Cause
	text  string
}

func (e *causeError) Error() string { return e.text }
