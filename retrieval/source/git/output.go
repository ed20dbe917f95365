package git

import (
	"bytes"
	"errors"
)

const (
	// maxOutput is the maximum size of what git writes for one call, in bytes. A list
	// of a million files with long paths has about 128 MB. Not measured.
	maxOutput = 128 << 20
	// maxNotes is the size of the end of git's messages that is kept, in bytes. A
	// server can send messages without end. Not measured.
	maxNotes = 16 << 10
)

var errTooMuch = errors.New("the repository lists too many files")

// output holds what git writes. A Write beyond most bytes fails, which ends git. The
// buffer is not embedded, because its ReadFrom would go past this Write.
type output struct {
	most int
	text bytes.Buffer
	over bool
}

func (o *output) Write(p []byte) (int, error) {
	if o.text.Len()+len(p) > o.most {
		o.over = true
		return 0, errTooMuch
	}
	return o.text.Write(p)
}

// notes holds the end of git's messages.
type notes struct{ text []byte }

func (n *notes) Write(p []byte) (int, error) {
	n.text = append(n.text, p[max(0, len(p)-maxNotes):]...)
	if len(n.text) > 2*maxNotes {
		n.text = append(n.text[:0], n.text[len(n.text)-maxNotes:]...)
	}
	return len(p), nil
}
