package config

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"go.yaml.in/yaml/v3"
)

// List is a setting of several texts. Its flag can be repeated. In selfrag.yaml it is
// a list, and in the environment each line is one text.
type List []string

func (l List) String() string { return strings.Join(l, "\n") }

// add adds the lines of a text.
func (l *List) add(text string) {
	for line := range strings.Lines(text) {
		if line = strings.TrimSpace(line); line != "" {
			*l = append(*l, line)
		}
	}
}

// SourceList is the setting of the sources of a server. In selfrag.yaml it is a list.
// Elsewhere it is the same list on one line of YAML or JSON.
type SourceList []Source

func (l SourceList) String() string {
	if len(l) == 0 {
		return ""
	}
	text, _ := json.Marshal([]Source(l)) // texts and numbers, so it cannot fail
	return string(text)
}

// set replaces the list by the list that a text holds. The error does not quote the
// text, because the text may contain a password.
func (l *SourceList) set(text string) error {
	var list []Source
	decoder := yaml.NewDecoder(strings.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&list); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("not a list of sources: %s", unquoted(err))
	}
	*l = list
	return nil
}

// unquoted returns the message of an error of YAML without the value that it quotes.
func unquoted(err error) string {
	var out strings.Builder
	for i, part := range strings.Split(err.Error(), "`") {
		if i%2 == 1 {
			part = "…"
		}
		out.WriteString(part)
	}
	return out.String()
}

// nodeText returns the text of a value of selfrag.yaml, in the form that value.Set
// parses. It returns false if the setting does not take such a value.
func nodeText(ptr any, node *yaml.Node) (string, bool) {
	switch ptr.(type) {
	case *List:
		if node.Kind != yaml.SequenceNode {
			break
		}
		var lines []string
		for _, item := range node.Content {
			if item.Kind != yaml.ScalarNode || strings.ContainsAny(item.Value, "\r\n") {
				return "", false
			}
			lines = append(lines, item.Value)
		}
		return strings.Join(lines, "\n"), true
	case *SourceList:
		if node.Kind != yaml.SequenceNode {
			break
		}
		var text bytes.Buffer
		if err := yaml.NewEncoder(&text).Encode(node); err != nil {
			return "", false
		}
		return text.String(), true
	}
	return node.Value, node.Kind == yaml.ScalarNode
}
