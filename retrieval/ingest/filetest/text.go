package filetest

import (
	"encoding/binary"
	"testing"
	"unicode/utf16"

	"golang.org/x/text/encoding/korean"
)

// CP949 returns a text encoded in CP949.
func CP949(tb testing.TB, text string) string {
	tb.Helper()
	encoded, err := korean.EUCKR.NewEncoder().String(text)
	if err != nil {
		tb.Fatal(err)
	}
	return encoded
}

// UTF16 returns a text encoded in UTF-16, without a byte order mark.
func UTF16(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, unit)
	}
	return string(b)
}
