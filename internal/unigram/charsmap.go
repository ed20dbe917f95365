package unigram

import (
	"encoding/base64"
	"encoding/binary"
	"errors"
	"strings"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// charsMap is the table of a SentencePiece model that normalises characters
// before they are split: a trie of replaced text in a double array
// (https://github.com/s-yata/darts-clone), and the replacements.
type charsMap struct {
	units []uint32
	text  string // replacements, each followed by a NUL
}

// parseCharsMap parses a table in the form of tokenizer.json, in base64: the
// size of the trie in bytes (uint32, little endian), the trie, the
// replacements.
func parseCharsMap(encoded string) (*charsMap, error) {
	raw, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return nil, err
	}
	if len(raw) < 4 {
		return nil, errors.New("the table of characters is truncated")
	}
	size, rest := binary.LittleEndian.Uint32(raw), raw[4:]
	if size == 0 || size%4 != 0 || int64(size) > int64(len(rest)) || !utf8.Valid(rest[size:]) {
		return nil, errors.New("the table of characters is truncated")
	}
	m := &charsMap{units: make([]uint32, size/4), text: string(rest[size:])}
	for i := range m.units {
		m.units[i] = binary.LittleEndian.Uint32(rest[4*i:])
	}
	return m, nil
}

// replacement returns the replacement for the shortest prefix of key in the
// table. A table that leads outside itself has none.
func (m *charsMap) replacement(key string) (text string, ok bool) {
	at := offset(m.units[0])
	for i := range len(key) {
		at ^= uint32(key[i])
		if key[i] == 0 || int64(at) >= int64(len(m.units)) {
			return "", false
		}
		unit := m.units[at]
		if unit&(1<<31|0xff) != uint32(key[i]) {
			return "", false
		}
		at ^= offset(unit)
		if unit>>8&1 == 0 {
			continue
		}
		if int64(at) >= int64(len(m.units)) {
			return "", false
		}
		begin := m.units[at] & (1<<31 - 1)
		if int64(begin) > int64(len(m.text)) {
			return "", false
		}
		text, _, _ = strings.Cut(m.text[begin:], "\x00")
		return text, true
	}
	return "", false
}

// offset returns the offset from a unit of the double array to its children.
func offset(unit uint32) uint32 { return unit >> 10 << (unit & (1 << 9) >> 6) }

// mostBytes is the maximum length of a cluster that is looked up whole. Hugging
// Face's library looks up a letter with its marks at once only up to this
// length, and uses the shortest match. Models are trained on the result.
const mostBytes = 5

// normal returns the normal form of a text. Broken bytes become U+FFFD.
func (m *charsMap) normal(text string) []mapped {
	out := make([]mapped, 0, len(text))
	for i := 0; i < len(text); {
		size := clusterSize(text[i:])
		if size <= mostBytes {
			if becomes, ok := m.replacement(text[i : i+size]); ok {
				for _, r := range becomes {
					out = append(out, mapped{r, i, i + size})
				}
				i += size
				continue
			}
		}
		for end := i + size; i < end; {
			r, n := utf8.DecodeRuneInString(text[i:])
			becomes, ok := m.replacement(string(r))
			if !ok {
				becomes = string(r)
			}
			for _, r := range becomes {
				out = append(out, mapped{r, i, i + n})
			}
			i += n
		}
	}
	return out
}

// clusterSize returns the number of bytes of the first letter with its marks.
func clusterSize(text string) int {
	// Most text is ASCII, in which only \r\n is a cluster of two.
	if text[0] < utf8.RuneSelf && text[0] != '\r' && (len(text) == 1 || text[1] < utf8.RuneSelf) {
		return 1
	}
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(text, -1)
	return len(cluster)
}
