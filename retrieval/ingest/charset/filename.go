package charset

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// FileName returns the name of a file as text in composed letters (NFC). macOS
// decomposes letters, including Hangul. Old archives and disks of Windows keep names
// in CP949.
func FileName(name string) string {
	if !utf8.ValidString(name) {
		if text, ok := DecodeKorean([]byte(name)); ok {
			name = text
		} else {
			name = strings.ToValidUTF8(name, "\uFFFD")
		}
	}
	return norm.NFC.String(name)
}
