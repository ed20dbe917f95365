package charset

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/japanese"
	"golang.org/x/text/encoding/korean"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
)

var errNotText = retrieval.Because(retrieval.CauseNotText, "not a text file or unknown encoding: UTF-8, UTF-16, CP949, EUC-KR and ISO-2022-KR are read")

// Decode returns the text of a file in UTF-8, UTF-16, CP949, EUC-KR, ISO-2022-KR or
// ISO-2022-JP. It recognises the encoding by a byte order mark, by escape
// sequences, or by the encoding in which the bytes are valid. The text is valid
// UTF-8 without a byte order mark, and its newlines are \n. If only a few bytes are
// invalid, they become U+FFFD, and the warnings say where.
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
	case bytes.HasPrefix(raw, []byte("\xff\xfe")):
		return decodeUTF16(raw[2:], binary.LittleEndian)
	case bytes.HasPrefix(raw, []byte("\xfe\xff")):
		return decodeUTF16(raw[2:], binary.BigEndian)
	}
	if same, ok := UTF8(raw); ok {
		return string(same), true
	}
	raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
	if text, ok := decodeShifted(raw); ok {
		return text, true
	}
	switch {
	case bytes.IndexByte(raw, 0) >= 0:
		return guessUTF16(raw)
	case utf8.Valid(raw): // with the escape sequences of a terminal
		return string(raw), true
	}
	return DecodeKorean(raw)
}

const byteOrderMark = "\xef\xbb\xbf"

// UTF8 reports whether a file is plain UTF-8, and returns it without its byte order
// mark. It copies nothing, so the bytes are those of raw.
func UTF8(raw []byte) ([]byte, bool) {
	raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
	return raw, bytes.IndexByte(raw, 0) < 0 && !bytes.Contains(raw, []byte("\x1b$")) && utf8.Valid(raw)
}

// A text with bad bytes is still taken as a text in an encoding if it has at least
// goodToBad good characters beyond ASCII for each bad byte. For UTF-8, a total of
// bytesToBad bytes for each bad one is enough, too. Not measured: in a wrong
// encoding, about as many are bad as good.
const (
	goodToBad  = 20
	bytesToBad = 500
)

// decodeMended decodes a text in UTF-8 or CP949 with a few bad bytes. It returns no
// warnings if the text is in neither.
func decodeMended(raw []byte) (text string, warnings []string) {
	raw = bytes.TrimPrefix(raw, []byte(byteOrderMark))
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
	return string(decoded), []string{fmt.Sprintf("%d characters are not valid CP949; they are U+FFFD in the text", bad)}
}

// mendUTF8 replaces each bad byte and each NUL with U+FFFD. bad holds their
// offsets, and good is the number of characters of more than one byte.
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

// badBytes returns a warning for each bad byte, with its line and its offset in the
// file.
func badBytes(raw []byte, bad []int) []string {
	var warnings []string
	line, from := 1, 0
	for _, at := range bad {
		line += bytes.Count(raw[from:at], []byte("\n"))
		from = at
		warnings = content.AppendWarning(warnings, "line %d, byte %d: 0x%02X is not valid UTF-8; it is U+FFFD in the text", line, at, raw[at])
	}
	return warnings
}

// decodeShifted decodes ISO-2022-KR and ISO-2022-JP (RFC 1557, RFC 1468). These
// seven-bit encodings switch between alphabets by escape sequences, and their bytes
// are valid ASCII, too.
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

// eightBit converts ISO-2022-KR to EUC-KR: it sets the high bit of the bytes
// between a shift out (0x0e) and a shift in (0x0f).
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
		case b == '\n': // each line begins in ASCII
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

// decodeUTF16 decodes UTF-16 in a byte order. It returns false for an odd number of
// bytes, half a surrogate pair, or a NUL.
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

// guessUTF16 decodes UTF-16 without a byte order mark. It tries both orders. In the
// wrong order, a text has no spaces or line ends, and Hangul turns into a mixture
// with unassigned runes. A binary file looks the same.
func guessUTF16(raw []byte) (string, bool) {
	for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
		if text, ok := decodeUTF16(raw, order); ok && isProse(text) {
			return text, true
		}
	}
	return "", false
}

// isProse reports whether a decoded text looks like a real one: it has only
// assigned runes, no control characters, and at least 5% ASCII.
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

// DecodeKorean decodes CP949, which includes EUC-KR, and reports whether the bytes
// are a text in it. Nearly all bytes with the high bit are valid in CP949, so two
// thirds of the letters beyond ASCII must be Hangul. Decoded as CP949, Chinese in
// GBK is half Hangul and half Han, and Japanese and European texts have even less
// Hangul.
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

// mostlyHangul returns the number of Hangul syllables in a text, and reports
// whether they are at least two thirds of its letters beyond ASCII.
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
