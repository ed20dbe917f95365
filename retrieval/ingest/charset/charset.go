package charset

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"

	"selfrag/retrieval/ingest/content"
)

var errNotText = errors.New("not a text file or unknown encoding: UTF-8, UTF-16, CP949, EUC-KR and ISO-2022-KR are read")

// Decode returns the text of a file in UTF-8, UTF-16, CP949, EUC-KR,
// ISO-2022-KR or ISO-2022-JP, which it tells apart by a byte order mark, by
// escapes, or by what the bytes make sense as. The result is valid UTF-8
// without a mark, with newlines as \n. Few bytes among many that make no sense
// become U+FFFD; the warnings say where.
func Decode(raw []byte) (text string, warnings []string, err error) {
	text, ok := decodeAny(raw)
	if !ok {
		if text, warnings = decodeMended(raw); warnings == nil {
			return "", nil, errNotText
		}
	}
	return content.NormaliseNewlines(text), warnings, nil
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
	if text, ok := decodeShifted(raw); ok {
		return text, true
	}
	switch {
	case bytes.IndexByte(raw, 0) >= 0:
		return guessUTF16(raw)
	case utf8.Valid(raw):
		return string(raw), true
	}
	return DecodeKorean(raw)
}

// A text with bad bytes is taken for one of an encoding if it has at least
// goodToBad characters beyond ASCII for each of them, or, of UTF-8 only,
// bytesToBad bytes. Not measured: a text in another encoding has about as many
// bad ones as good ones.
const (
	goodToBad  = 20
	bytesToBad = 500
)

// decodeMended decodes a text of UTF-8 or CP949 of which few bytes are bad. It
// returns no warnings when it is neither.
func decodeMended(raw []byte) (text string, warnings []string) {
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if mended, bad, good := mendUTF8(raw); goodToBad*len(bad) <= good || bytesToBad*len(bad) <= len(raw) {
		return mended, badBytes(raw, bad)
	}
	decoded, err := korean.EUCKR.NewDecoder().Bytes(raw)
	if err != nil || bytes.IndexByte(raw, 0) >= 0 {
		return "", nil
	}
	bad := bytes.Count(decoded, []byte("\uFFFD"))
	if hangul, ok := mostlyHangul(string(decoded)); !ok || goodToBad*bad > hangul {
		return "", nil
	}
	return string(decoded), []string{fmt.Sprintf("%d characters are damaged in CP949, and are U+FFFD in the text", bad)}
}

// mendUTF8 puts U+FFFD in place of each bad byte and each NUL. good counts the
// characters of more than one byte.
func mendUTF8(raw []byte) (text string, bad []int, good int) {
	var b strings.Builder
	b.Grow(len(raw))
	for at := 0; at < len(raw); {
		r, size := utf8.DecodeRune(raw[at:])
		switch {
		case r == utf8.RuneError && size == 1 || r == 0:
			bad = append(bad, at)
			r = utf8.RuneError
		case size > 1:
			good++
		}
		b.WriteRune(r)
		at += size
	}
	return b.String(), bad, good
}

// badBytes says where bad bytes stand: the line and the offset in the file.
func badBytes(raw []byte, bad []int) []string {
	var warnings []string
	line, from := 1, 0
	for _, at := range bad {
		line += bytes.Count(raw[from:at], []byte("\n"))
		from = at
		warnings = content.AppendWarning(warnings, "line %d, byte %d: 0x%02X is no UTF-8; it is U+FFFD in the text", line, at, raw[at])
	}
	return warnings
}

// decodeShifted decodes the encodings of seven bits that shift between
// alphabets (RFC 1557, RFC 1468); their bytes pass as ASCII.
func decodeShifted(raw []byte) (string, bool) {
	switch {
	case bytes.Contains(raw, []byte("\x1b$)C")):
		return DecodeKorean(eightBit(raw))
	case bytes.Contains(raw, []byte("\x1b$B")) || bytes.Contains(raw, []byte("\x1b$@")):
		decoded, err := japanese.ISO2022JP.NewDecoder().Bytes(raw)
		return string(decoded), err == nil && !bytes.ContainsRune(decoded, utf8.RuneError)
	}
	return "", false
}

// eightBit is ISO-2022-KR as EUC-KR: between the bytes that shift out and in,
// the high bit is set.
func eightBit(raw []byte) []byte {
	raw = bytes.ReplaceAll(raw, []byte("\x1b$)C"), nil)
	out := make([]byte, 0, len(raw))
	var high byte
	for _, b := range raw {
		switch {
		case b == 0x0e:
			high = 0x80
		case b == 0x0f:
			high = 0
		case b == '\n': // a line begins in ASCII
			high = 0
			out = append(out, b)
		case b > ' ':
			out = append(out, b|high)
		default:
			out = append(out, b)
		}
	}
	return out
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

// DecodeKorean decodes CP949, which EUC-KR is a part of, and reports whether the
// bytes are such a text. Nearly any bytes with the high bit mean something in
// CP949, so most of the letters beyond ASCII have to be Hangul: Chinese in GBK
// comes out as Hangul and Han half and half, Japanese and European texts as less.
func DecodeKorean(raw []byte) (string, bool) {
	decoded, err := korean.EUCKR.NewDecoder().Bytes(raw)
	if err != nil {
		return "", false
	}
	if bytes.ContainsRune(decoded, unicode.ReplacementChar) {
		return "", false
	}
	_, ok := mostlyHangul(string(decoded))
	return string(decoded), ok
}

// mostlyHangul counts the Hangul of a text, and reports whether it is most of
// the letters beyond ASCII.
func mostlyHangul(text string) (hangul int, ok bool) {
	letters := 0
	for _, r := range text {
		switch {
		case r >= '가' && r <= '힣':
			hangul++
			letters++
		case r > unicode.MaxASCII && unicode.IsLetter(r):
			letters++
		}
	}
	return hangul, hangul > 0 && 3*hangul >= 2*letters
}
