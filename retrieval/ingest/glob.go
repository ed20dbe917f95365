package ingest

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// globExpression translates a gitignore pattern to a regular expression, which Go
// matches in linear time for any pattern. It returns false for a malformed pattern.
//
//	**/   any folders, or none       *   anything but a slash
//	/**   everything inside          ?   any rune but a slash
//	/**/  any folders, or none       [a-z] [!a-z]  a rune in the class, or not in it
func globExpression(glob string) (string, bool) {
	var b strings.Builder
	b.WriteString(`(?s)^`)
	for i := 0; i < len(glob); {
		rest := glob[i:]
		atSegment := i == 0 || glob[i-1] == '/'
		switch {
		case atSegment && strings.HasPrefix(rest, "**/"):
			b.WriteString(`(?:.*/)?`)
			i += 3
		case atSegment && rest == "**":
			b.WriteString(`.+`)
			i += 2
		case rest[0] == '*':
			b.WriteString(`[^/]*`)
			i++
		case rest[0] == '?':
			b.WriteString(`[^/]`)
			i++
		case rest[0] == '[':
			class, n := globClass(rest)
			if n == 0 {
				return "", false
			}
			b.WriteString(class)
			i += n
		default:
			if rest[0] == '\\' {
				rest = rest[1:]
				i++
				if rest == "" {
					return "", false
				}
			}
			_, n := utf8.DecodeRuneInString(rest)
			b.WriteString(regexp.QuoteMeta(rest[:n]))
			i += n
		}
	}
	b.WriteByte('$')
	return b.String(), true
}

// globClass translates the class that s begins with, such as [a-z], and returns its
// length in s. The length is 0 if the class does not end.
func globClass(s string) (class string, n int) {
	var b strings.Builder
	b.WriteByte('[')
	i := 1
	if i < len(s) && (s[i] == '!' || s[i] == '^') {
		b.WriteString(`^/`) // a class never matches a slash
		i++
	}
	for first := i; i < len(s); {
		c := s[i]
		switch {
		case c == ']' && i > first:
			b.WriteByte(']')
			return b.String(), i + 1
		case c == '[' && strings.HasPrefix(s[i:], "[:"):
			end := strings.Index(s[i:], ":]")
			if end < 0 {
				return "", 0
			}
			b.WriteString(s[i : i+end+2])
			i += end + 2
			continue
		case c == '\\' && i+1 < len(s):
			i++
			b.WriteString(regexp.QuoteMeta(s[i : i+1]))
		case c == '-':
			b.WriteByte('-')
		default:
			_, size := utf8.DecodeRuneInString(s[i:])
			b.WriteString(regexp.QuoteMeta(s[i : i+size]))
			i += size
			continue
		}
		i++
	}
	return "", 0
}
