package mcpapi

import (
	"strings"
	"testing"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func FuzzURI(f *testing.F) {
	for _, source := range []string{"handbook/휴가.md", "https://example.org/a?b=c&d=%20#e", "upload:a b+c.pdf", "..", "{source}", "/"} {
		f.Add("notes", source)
	}
	f.Fuzz(func(t *testing.T, collection, source string) {
		uri := uriOf(collection, source)
		if strings.ContainsAny(strings.TrimPrefix(uri, scheme), "{}? \n\"") {
			t.Errorf("%q is no URI", uri)
		}
		c, s, start, ok := parseURI(uri)
		if ok != (source != "") || ok && (c != collection || s != source || start != 0) {
			t.Errorf("%q is read as %q %q %d %v", uri, c, s, start, ok)
		}
	})
}

func TestURIsOfOthersAreRefused(t *testing.T) {
	for _, uri := range []string{"", "selfrag://", "selfrag://notes", "selfrag://notes/", "selfrag://notes/a/-1", "selfrag://notes/a/x", "selfrag://notes/a/1/2", "selfrag://notes/%zz", "file:///etc/passwd"} {
		if c, s, start, ok := parseURI(uri); ok {
			t.Errorf("%q is read as %q %q %d", uri, c, s, start)
		}
	}
	if c, s, start, ok := parseURI("selfrag://notes/a%2Fb/12"); !ok || c != "notes" || s != "a/b" || start != 12 {
		t.Errorf("read as %q %q %d %v", c, s, start, ok)
	}
}
