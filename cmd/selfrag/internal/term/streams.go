package term

import (
	"encoding/json"
	"io"
)

// Streams are where a command reads from and writes to.
type Streams struct {
	In  io.Reader
	Out io.Writer // results
	Err io.Writer // progress, and what a person is told besides
}

// JSON prints one JSON document as a result.
func (s Streams) JSON(v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// JSONLine prints a document in a line of its own.
func (s Streams) JSONLine(v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
