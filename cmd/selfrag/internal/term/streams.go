package term

import (
	"encoding/json"
	"io"
)

// Streams holds the input and the outputs of a command.
type Streams struct {
	In  io.Reader
	Out io.Writer // results
	Err io.Writer // progress and other messages
}

// JSON prints a result as an indented JSON document.
func (s Streams) JSON(v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(v)
}

// JSONLine prints a result as one line of JSON.
func (s Streams) JSONLine(v any) error {
	enc := json.NewEncoder(s.Out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}
