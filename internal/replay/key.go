package replay

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// keyOf identifies a request by its content, not by its sender. 16 hexadecimal
// digits suffice for thousands of exchanges.
func keyOf(req *http.Request, body []byte) string {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s?%s\n", req.Method, req.URL.Path, req.URL.Query().Encode())
	sum.Write(canonical(body))
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// canonical sorts the keys of a JSON body and removes white space. Other bodies
// stay unchanged.
func canonical(body []byte) []byte {
	value, err := decode(body)
	if err != nil {
		return body
	}
	sorted, err := encode(value)
	if err != nil {
		return body
	}
	return sorted
}

// hintOf describes a request for readers of the file: the end of a chat, or the
// text to embed or rank.
func hintOf(req *http.Request, body []byte) string {
	hint := req.Method + " " + req.URL.Path
	var b struct {
		Messages []struct{ Content any }
		Input    any
		Prompt   any
		Query    any
		Model    any
	}
	if json.Unmarshal(body, &b) != nil {
		return hint
	}
	var spoken []string
	for _, m := range b.Messages {
		if text, ok := m.Content.(string); ok {
			spoken = append(spoken, text)
		}
	}
	for _, said := range []any{strings.Join(spoken, " | "), b.Prompt, b.Query, b.Input, b.Model} {
		if list, ok := said.([]any); ok && len(list) > 0 {
			said = list[len(list)-1]
		}
		if text, ok := said.(string); ok && text != "" {
			return hint + " " + ending(text)
		}
	}
	return hint
}

// ending returns the last 80 characters of a text on one line, because prompts
// begin alike and end with the question.
func ending(text string) string {
	const most = 80
	runes := []rune(strings.Join(strings.Fields(text), " "))
	if len(runes) > most {
		return "…" + string(runes[len(runes)-most:])
	}
	return string(runes)
}

// decode decodes one JSON value and keeps its numbers as they are written.
func decode(data []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, err
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("more than one JSON value")
	}
	return value, nil
}

// encode writes JSON with sorted keys and without HTML escapes.
func encode(value any) ([]byte, error) {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	if err := e.Encode(value); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n")), nil
}
