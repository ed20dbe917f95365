package milvus

import (
	"strings"
	"testing"

	"selfrag/retrieval"
)

func TestCompile(t *testing.T) {
	is := func(field string, value any) retrieval.Filter {
		return retrieval.Comparison{Field: field, Op: retrieval.Equal, Value: value}
	}
	for _, tt := range []struct {
		filter retrieval.Filter
		want   string
	}{
		{nil, ""},
		{is("id", `a"b\c`), `name == "a\"b\\c"`},
		{is("lang", "ko"), `metadata["lang"] == "ko"`},
		{is("page", 3.0), `metadata["page"] == 3.0`},
		{is("n", -1e300), `metadata["n"] == -1e300`},
		{is("n", 1e-7), `metadata["n"] == 1e-07`},
		{is("draft", true), `metadata["draft"] == true`},
		{is("title", 1.0), nothing},
		{is("v", "nul\x00"), ""},
		{retrieval.Not{Filter: is("title", "x")}, `title != "x"`},
		{retrieval.Not{Filter: is("draft", true)}, ""},
		{retrieval.Not{Filter: is("lang", "ko")}, `(not (exists metadata["lang"]) or metadata["lang"] != "ko")`},
		{retrieval.And{is("id", "a"), is("v", "\x00")}, `name == "a"`},
		{retrieval.Or{is("id", "a"), is("v", "\x00")}, ""},
		{retrieval.Or{}, nothing},
		{retrieval.Not{Filter: retrieval.Or{is("id", "a"), is("id", "b")}}, `(name != "a" and name != "b")`},
		{retrieval.In{Field: "id", Values: []any{"a", "b"}}, `(name == "a" or name == "b")`},
	} {
		if got := compile(tt.filter); got != tt.want {
			t.Errorf("%v: got %s, want %s", tt.filter, got, tt.want)
		}
	}
}

// A value cannot break out of its literal: parsed by the grammar, the literal
// is the value and nothing follows it.
func FuzzQuote(f *testing.F) {
	for _, s := range []string{"", `"`, `\`, `\"`, `" or id != "`, "a\x00b", "\n\r\t", "漢字😀", "\u2028", "{x}", "'"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		literal, ok := quote(s)
		if !ok {
			return
		}
		inner, begins := strings.CutPrefix(literal, `"`)
		var read strings.Builder
		for i, escaped := 0, false; begins; i++ {
			if i >= len(inner) {
				t.Fatalf("%q does not end: %s", s, literal)
			}
			c := inner[i]
			switch {
			case escaped:
				read.WriteByte(map[byte]byte{'n': '\n', 'r': '\r', 't': '\t', '"': '"', '\\': '\\'}[c])
				escaped = false
			case c == '\\':
				escaped = true
			case c == '"':
				if i != len(inner)-1 {
					t.Fatalf("%q leaves its literal %s", s, literal)
				}
				begins = false
			case c < ' ':
				t.Fatalf("%q has a bare control character in %s", s, literal)
			default:
				read.WriteByte(c)
			}
		}
		if read.String() != s {
			t.Fatalf("%q is read as %q", s, read.String())
		}
		expr := compile(retrieval.Comparison{Field: s, Op: retrieval.Equal, Value: s})
		if s != "" && expr != "" && !strings.HasSuffix(expr, " == "+literal) {
			t.Fatalf("%q was compiled to %s", s, expr)
		}
	})
}
