package sqlite

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// The benchmarks use passages of 120 words whose frequencies follow Zipf's law,
// ten passages per document, with vectors of 384 dimensions.
const (
	benchPassages   = 20_000
	benchDimensions = 384
	perDocument     = 10
)

type corpus struct {
	words   *rand.Zipf
	vectors *rand.Rand
}

func newCorpus() *corpus {
	r := rand.New(rand.NewPCG(1, 1))
	return &corpus{rand.NewZipf(r, 1.1, 4, 30_000), r}
}

func (c *corpus) text(words int) string {
	var b strings.Builder
	for range words {
		fmt.Fprintf(&b, "w%d ", c.words.Uint64())
	}
	return strings.TrimSpace(b.String())
}

func (c *corpus) vector() []float32 {
	v := make([]float32, benchDimensions)
	for i := range v {
		v[i] = c.vectors.Float32() - 0.5
	}
	return v
}

// store puts document n into a collection.
func (c *corpus) store(b *testing.B, into *Collection, n int) {
	var texts []string
	var vectors [][]float32
	for range perDocument {
		texts = append(texts, c.text(120))
		vectors = append(vectors, c.vector())
	}
	doc, passages := document(fmt.Sprint(n), texts...)
	if err := into.Put(b.Context(), doc, passages, vectors); err != nil {
		b.Fatal(err)
	}
}

func filledCollection(b *testing.B) (*Collection, *corpus) {
	c, words := newCollection(b, benchDimensions), newCorpus()
	for n := range benchPassages / perDocument {
		words.store(b, c, n)
	}
	return c, words
}

// Each transaction puts one document of ten passages.
func BenchmarkPut(b *testing.B) {
	c, words := newCollection(b, benchDimensions), newCorpus()
	n := 0
	for b.Loop() {
		words.store(b, c, n)
		n++
	}
	b.ReportMetric(float64(n*perDocument)/b.Elapsed().Seconds(), "passages/s")
}

// Each question has ten words and finds 20 of 20,000 passages.
func BenchmarkLexical(b *testing.B) {
	c, words := filledCollection(b)
	for b.Loop() {
		if _, err := c.Lexical(b.Context(), retrieval.Request{Text: words.text(10), K: 20}); err != nil {
			b.Fatal(err)
		}
	}
}

// The exact scan of 20,000 vectors in memory.
func BenchmarkDense(b *testing.B) {
	c, words := filledCollection(b)
	query := retrieval.Request{Vector: words.vector(), K: 20}
	for b.Loop() {
		if _, err := c.Dense(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
}

// The first dense search of a process reads 20,000 vectors from the file.
func BenchmarkDenseFirst(b *testing.B) {
	c, words := filledCollection(b)
	query := retrieval.Request{Vector: words.vector(), K: 20}
	for b.Loop() {
		c.vectors.latest.Store(nil)
		if _, err := c.Dense(b.Context(), query); err != nil {
			b.Fatal(err)
		}
	}
}
