package mcpapi

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func TestLines(t *testing.T) {
	const ping = `{"jsonrpc":"2.0","id":1,"method":"ping"}`
	for name, test := range map[string]struct{ in, read, answered string }{
		"messages":            {ping + "\n" + ping + "\n", ping + "\n" + ping + "\n", ""},
		"no end of line":      {ping, ping + "\n", ""},
		"a byte order mark":   {"\xef\xbb\xbf" + ping + "\r\n\r\n" + ping + "\r\n", ping + "\n" + ping + "\n", ""},
		"a line that is none": {"{oops\n" + ping + "\n", ping + "\n", `"code":-32700`},
		"Korean":              {"안녕하세요\n" + ping + "\n", ping + "\n", `"code":-32700`},
		"JSON of another use": {"[1\n{}\n" + ping + "\n", ping + "\n", `"code":-32600`},
		"nothing":             {"", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			var answered bytes.Buffer
			got, err := io.ReadAll(newLines(iotest.OneByteReader(strings.NewReader(test.in)), &answered))
			if err != nil || string(got) != test.read {
				t.Errorf("read %q, %v", got, err)
			}
			if !strings.Contains(answered.String(), test.answered) || (test.answered == "") != (answered.Len() == 0) {
				t.Errorf("answered %q", answered.String())
			}
		})
	}
}

func FuzzLines(f *testing.F) {
	f.Add([]byte("{\"jsonrpc\":\"2.0\"}\r\n\xef\xbb\xbfx\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := io.ReadAll(newLines(bytes.NewReader(in), io.Discard))
		if err != nil || len(got) > 0 && got[len(got)-1] != '\n' {
			t.Fatalf("%q: read %q, %v", in, got, err)
		}
	})
}
