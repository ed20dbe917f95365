//go:build onnx

package onnx

import (
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
)

// BenchmarkScheme compares ways to keep the cores busy over 64 texts of 8 to
// 260 tokens: one text a run, one thread a run and a run a core (what Encoder
// does); the same texts in padded batches, sorted by length, with all cores in
// one run; and one text a run with all cores in it.
func BenchmarkScheme(b *testing.B) {
	var texts []tokens
	tok, err := openTokenizer(filepath.Join(minilm(b), "tokenizer.json"), 512)
	if err != nil {
		b.Fatal(err)
	}
	defer tok.close()
	for i := range 64 {
		t, err := tok.encode(strings.Repeat("and ", 6+i*37%64*4))
		if err != nil {
			b.Fatal(err)
		}
		texts = append(texts, t)
	}
	if err := start(""); err != nil {
		b.Fatal(err)
	}
	cores := runtime.GOMAXPROCS(0)
	open := func(b *testing.B, threads int) *session {
		options, err := cpuOptions(threads)
		if err != nil {
			b.Fatal(err)
		}
		defer func() { _ = options.Destroy() }()
		s, err := openSession(filepath.Join(minilm(b), "model.onnx"), options)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = s.close() })
		return s
	}
	perSecond := func(b *testing.B) {
		b.ReportMetric(float64(b.N*len(texts))/b.Elapsed().Seconds(), "texts/s")
	}

	b.Run("a text a core", func(b *testing.B) {
		s := open(b, 1)
		for b.Loop() {
			work := make(chan tokens, len(texts))
			for _, t := range texts {
				work <- t
			}
			close(work)
			var wg sync.WaitGroup
			for range cores {
				wg.Go(func() {
					for t := range work {
						if _, err := s.run(t); err != nil {
							b.Error(err)
						}
					}
				})
			}
			wg.Wait()
		}
		perSecond(b)
	})
	b.Run("a text on all cores", func(b *testing.B) {
		s := open(b, cores)
		for b.Loop() {
			for _, t := range texts {
				if _, err := s.run(t); err != nil {
					b.Fatal(err)
				}
			}
		}
		perSecond(b)
	})
	b.Run("batches of 16 on all cores", func(b *testing.B) {
		s := open(b, cores)
		sorted := slices.SortedFunc(slices.Values(texts), func(x, y tokens) int { return len(x.ids) - len(y.ids) })
		for b.Loop() {
			for batch := range slices.Chunk(sorted, 16) {
				if _, err := s.run(batch...); err != nil {
					b.Fatal(err)
				}
			}
		}
		perSecond(b)
	})
}
