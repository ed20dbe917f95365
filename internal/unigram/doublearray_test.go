package unigram

import (
	"encoding/base64"
	"encoding/binary"
	"slices"
	"strings"
)

// charsMapOf is a table of SentencePiece's in base64, as parseCharsMap reads
// it, of what becomes what. Keys must not hold NULs.
func charsMapOf(replacements map[string]string) string {
	var text strings.Builder
	d := doubleArray{units: make([]uint32, 1), taken: map[uint32]bool{0: true}, bases: map[uint32]bool{}}
	values := map[string]uint32{}
	for _, key := range sortedKeys(replacements) {
		values[key] = uint32(text.Len())
		text.WriteString(replacements[key] + "\x00")
	}
	d.place(0, "", sortedKeys(replacements), values)
	// Every byte leads from any unit to another.
	for len(d.units)%256 != 0 {
		d.units = append(d.units, 0)
	}
	raw := binary.LittleEndian.AppendUint32(nil, uint32(4*len(d.units)))
	for _, unit := range d.units {
		raw = binary.LittleEndian.AppendUint32(raw, unit)
	}
	return base64.StdEncoding.EncodeToString(append(raw, text.String()...))
}

func sortedKeys(m map[string]string) []string {
	var keys []string
	for key := range m {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// doubleArray is a trie in the making.
type doubleArray struct {
	units []uint32
	taken map[uint32]bool // units
	bases map[uint32]bool // each is of one unit only, else children would be mistaken
}

// place puts the children of the unit at, which stands for prefix, where all
// of their places are free.
func (d *doubleArray) place(at uint32, prefix string, keys []string, values map[string]uint32) {
	var labels []uint32 // 0: the value of the prefix itself
	for _, key := range keys {
		label := uint32(0)
		if len(key) > len(prefix) {
			label = uint32(key[len(prefix)])
		}
		if len(labels) == 0 || labels[len(labels)-1] != label {
			labels = append(labels, label)
		}
	}
	base := uint32(1)
	for d.bases[base] || slices.ContainsFunc(labels, func(l uint32) bool { return d.taken[base^l] }) {
		base++
	}
	d.bases[base] = true
	d.units[at] |= (base ^ at) << 10
	for _, l := range labels {
		child := base ^ l
		d.taken[child] = true
		for int(child) >= len(d.units) {
			d.units = append(d.units, 0)
		}
		if l == 0 {
			d.units[at] |= 1 << 8
			d.units[child] = 1<<31 | values[prefix]
		} else {
			d.units[child] = l
		}
	}
	for _, l := range labels {
		if l == 0 {
			continue
		}
		longer := prefix + string([]byte{byte(l)})
		below := slices.DeleteFunc(slices.Clone(keys), func(key string) bool { return !strings.HasPrefix(key, longer) })
		d.place(base^l, longer, below, values)
	}
}
