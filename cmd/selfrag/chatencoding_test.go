package main

import (
	"bytes"
	"strings"
	"testing"

	"golang.org/x/text/encoding/korean"

	"selfrag/cmd/selfrag/internal/talk"
	"selfrag/fault"
)

// TestChatReadsLinesAsDocumentsAre sends lines in several encodings to a chat. A
// line in an unknown encoding is refused; nothing asks about U+FFFD.
func TestChatReadsLinesAsDocumentsAre(t *testing.T) {
	const question = "How many lanes has the bridge, 다리의 차로는?"
	cp949, err := korean.EUCKR.NewEncoder().String(question)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, line string
		refused    bool
	}{
		{"UTF-8", question, false},
		{"CP949", cp949, false},
		{"Latin-1", "How many lanes has the caf\xe9 bridge?", true},
		{"half of a letter", "다리의 차로\xec\x88", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := newBridgeModel(t)
			asked := make(chan string, 100)
			m.seen = func(body []byte) { asked <- string(body) }
			a := newServedApp(t, m)
			var out, notes bytes.Buffer
			a.In, a.Out, a.Err = strings.NewReader(c.line+"\n"), &out, &notes
			parts := a.parts()
			defer parts.Close()
			err := talk.Run(t.Context(), parts, a.Streams, talk.Options{Quiet: true})
			if c.refused != fault.Is(err, fault.Invalid) || c.refused && !strings.Contains(err.Error(), "read the question") {
				t.Errorf("%v", err)
			}
			close(asked)
			read := false
			for prompt := range asked {
				read = read || strings.Contains(prompt, question)
				if strings.Contains(prompt, "\uFFFD") || strings.Contains(prompt, `\ufffd`) {
					t.Errorf("the model reads %s", prompt)
				}
			}
			if read == c.refused {
				t.Errorf("the model reads the question: %v; answered %q", read, out.String())
			}
		})
	}
}
