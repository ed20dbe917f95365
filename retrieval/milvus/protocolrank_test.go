package milvus

import (
	"encoding/binary"
	"math"
	"sort"
)

// rankRows orders rows by their inner product with a vector. Rows that share no
// position with a sparse vector are no hits.
func rankRows(rows []keptRow, field string, value []byte) (hits []keptRow, scores []float32) {
	type hit struct {
		row   keptRow
		score float32
	}
	var found []hit
	for _, row := range rows {
		h := hit{row: row}
		switch have := row[field].(type) {
		case []float32:
			for i, x := range have {
				h.score += x * math.Float32frombits(binary.LittleEndian.Uint32(value[4*i:]))
			}
			found = append(found, h)
		case map[uint32]float32:
			for at, x := range sparseOf(value) {
				h.score += x * have[at]
			}
			if h.score > 0 {
				found = append(found, h)
			}
		}
	}
	sort.SliceStable(found, func(i, j int) bool { return found[i].score > found[j].score })
	for _, h := range found {
		hits, scores = append(hits, h.row), append(scores, h.score)
	}
	return hits, scores
}

// sparseOf reads pairs of a position and a value, of four bytes each.
func sparseOf(b []byte) map[uint32]float32 {
	v := map[uint32]float32{}
	for ; len(b) >= 8; b = b[8:] {
		v[binary.LittleEndian.Uint32(b)] = math.Float32frombits(binary.LittleEndian.Uint32(b[4:]))
	}
	return v
}
