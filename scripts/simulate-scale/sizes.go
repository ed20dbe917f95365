package main

import (
	"fmt"
	"io"
	"math"
)

// contents is what a passage holds, as package milvus stores it.
type contents struct {
	dimensions int
	links      int // M of HNSW
	terms      int // different terms, each with a position and a value of 4 bytes
	text       int // bytes of the text; 500 runes are 500 in English and up to 1,500 in Korean
}

// besides is the size of the fields beside the text and the vectors: four keys of
// 32 bytes, the document's hash of 64, source, title and id of about 60 each, two
// offsets of 8, metadata of about 60.
const besides = 4*32 + 64 + 3*60 + 2*8 + 60

// indexKind is an index of dense vectors.
type indexKind struct {
	name   string
	memory func(c contents) float64 // bytes a passage
	disk   func(c contents) float64 // beside what the object store keeps
}

func vectorBytes(c contents) float64 { return 4 * float64(c.dimensions) }

// linkBytes is the size of HNSW's links: 2M on the lowest level, and M on each
// higher one, which holds an M-th of the passages of the one below.
func linkBytes(c contents) float64 {
	m := float64(c.links)
	return 4 * (2*m + m/(m-1))
}

func none(contents) float64 { return 0 }

func indexKinds() []indexKind {
	codes := func(c contents) float64 { return float64(c.dimensions) }
	bits := func(c contents) float64 { return float64(c.dimensions) / 8 }
	return []indexKind{
		{"FLAT", vectorBytes, none},
		{"HNSW (what Selfrag makes)", func(c contents) float64 { return vectorBytes(c) + linkBytes(c) }, none},
		{"HNSW_SQ8", func(c contents) float64 { return codes(c) + linkBytes(c) }, none},
		{"IVF_SQ8", func(c contents) float64 { return codes(c) + 8 }, none},
		// Each code has two factors of 4 bytes; the passages found are scored
		// again by bytes.
		{"IVF_RABITQ, refined by SQ8", func(c contents) float64 { return bits(c) + 8 + 8 + codes(c) }, none},
		{"IVF_RABITQ", func(c contents) float64 { return bits(c) + 8 + 8 }, none},
		// An eighth of the vector in memory, and on disk a page of 4 KiB for
		// each node or a part of one.
		{"DISKANN", func(c contents) float64 { return vectorBytes(c) / 8 }, func(c contents) float64 {
			node := vectorBytes(c) + 4*56
			return 4096 / math.Max(1, math.Floor(4096/node))
		}},
	}
}

func sparseBytes(c contents) float64 { return 8 * float64(c.terms) }

func fieldBytes(c contents) float64 { return float64(c.text + besides) }

// machines returns how many machines hold so many bytes.
func machines(bytes float64, m machine) int { return int(math.Ceil(bytes / (m.bytes * m.full))) }

// machine is a machine of the store.
type machine struct {
	bytes float64 // of memory
	full  float64 // the share of it that data may take
}

const gib = 1 << 30

// printSizes prints the memory of each kind of index.
func printSizes(w io.Writer, c contents, m machine) {
	fmt.Fprintf(w, "Memory of a passage of %d dimensions (M %d, %d terms, %d bytes of text): sparse index %.0f B, fields %.0f B, and\n\n",
		c.dimensions, c.links, c.terms, c.text, sparseBytes(c), fieldBytes(c))
	fmt.Fprintf(w, "%-28s %8s %8s %12s %12s %12s %12s\n", "index of dense vectors", "memory", "disk", "10^8, all", "fields mmap", "10^10, all", "fields mmap")
	for _, k := range indexKinds() {
		fmt.Fprintf(w, "%-28s %6.0f B %6.0f B", k.name, k.memory(c), k.disk(c))
		for _, passages := range []float64{1e8, 1e10} {
			searched := passages * (k.memory(c) + sparseBytes(c))
			all := searched + passages*fieldBytes(c)
			fmt.Fprintf(w, " %7.0f / %-4d%5.0f / %-4d", all/gib, machines(all, m), searched/gib, machines(searched, m))
		}
		fmt.Fprintln(w)
	}
	fmt.Fprintf(w, "\nGiB / machines of %.0f GiB that are %.0f %% full, for one copy.\n", m.bytes/gib, 100*m.full)
}
