package ingest

import (
	"bytes"
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/korean"
)

var errNotText = errors.New("not a text file or unknown encoding: UTF-8, UTF-16, CP949 and EUC-KR are read")

// decode returns the text of a file in UTF-8, UTF-16, CP949 or EUC-KR, which
// it tells apart by a byte order mark or by what the bytes make sense as. The
// result is valid UTF-8 without a mark, with newlines as \n.
func decode(raw []byte) (string, error) {
	text, ok := decodeAny(raw)
	if !ok {
		return "", errNotText
	}
	return normaliseNewlines(text), nil
}

func decodeAny(raw []byte) (string, bool) {
	switch {
	case bytes.HasPrefix(raw, []byte("\xef\xbb\xbf")):
		raw = raw[3:]
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return decodeUTF16(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return decodeUTF16(raw[2:], binary.BigEndian)
	}
	switch {
	case bytes.IndexByte(raw, 0) >= 0:
		return guessUTF16(raw)
	case utf8.Valid(raw):
		return string(raw), true
	}
	return decodeKorean(raw)
}

// decodeUTF16 fails on half a unit, half a surrogate pair, and NUL.
func decodeUTF16(raw []byte, order binary.ByteOrder) (string, bool) {
	if len(raw)%2 != 0 {
		return "", false
	}
	var b strings.Builder
	b.Grow(len(raw))
	for i := 0; i < len(raw); i += 2 {
		r := rune(order.Uint16(raw[i:]))
		if utf16.IsSurrogate(r) {
			if i+4 > len(raw) {
				return "", false
			}
			r = utf16.DecodeRune(r, rune(order.Uint16(raw[i+2:])))
			if r == unicode.ReplacementChar {
				return "", false
			}
			i += 2
		}
		if r == 0 {
			return "", false
		}
		b.WriteRune(r)
	}
	return b.String(), true
}

// guessUTF16 decodes UTF-16 without a mark. Read in the wrong byte order, a
// text has no spaces or line ends any more, and Hangul becomes a mixture with
// runes that nobody has assigned; so does a binary file.
func guessUTF16(raw []byte) (string, bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if text, ok := decodeUTF16(raw, order); ok && isProse(text) {
			return text, true
		}
	}
	return "", false
}

// isProse tells whether a decoded text is made of what texts are made of: only
// assigned runes, no control characters, some of ASCII.
func isProse(text string) bool {
	ascii, runes := 0, 0
	for _, r := range text {
		runes++
		switch {
		case r <= unicode.MaxASCII && (unicode.IsPrint(r) || strings.ContainsRune("\t\n\r\f", r)):
			ascii++
		case !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r):
			return false
		}
	}
	return 20*ascii >= runes
}

// decodeKorean decodes CP949, which EUC-KR is a part of. Nearly any bytes with
// the high bit mean something in CP949, so most of the letters beyond ASCII
// have to be Hangul: Chinese in GBK comes out as Hangul and Han half and half,
// Japanese and European texts as less.
func decodeKorean(raw []byte) (string, bool) {
	decoded, err := korean.EUCKR.NewDecoder().Bytes(raw)
	if err != nil {
		return "", false
	}
	hangul, letters := 0, 0
	for _, r := range string(decoded) {
		switch {
		case r == unicode.ReplacementChar:
			return "", false
		case r >= '가' && r <= '힣':
			hangul++
			letters++
		case r > unicode.MaxASCII && unicode.IsLetter(r):
			letters++
		}
	}
	return string(decoded), hangul > 0 && 3*hangul >= 2*letters
}
