//go:build unix

package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"selfrag/internal/processtest"
	"selfrag/internal/vec"
	"selfrag/retrieval"
)

// prose makes texts like those of a splitter at 500 runes, half of them English
// and half Korean. The frequencies of words follow Zipf's law, and Korean words
// have particles. Vectors are in clusters, like those of embedders.
type prose struct {
	r           *rand.Rand
	words       *rand.Zipf
	english     []string
	korean      []string
	particles   []string
	topics      [][]float32
	passageSize int // in runes
}

func newProse(seed uint64) *prose {
	r := rand.New(rand.NewPCG(seed, seed))
	const vocabulary = 50_000
	p := &prose{r: r, words: rand.NewZipf(r, 1.07, 2, vocabulary-1), passageSize: 500,
		particles: []string{"은", "는", "이", "가", "을", "를", "의", "에", "에서", "으로", "과", "도", "", ""}}
	for i := range vocabulary {
		// The most frequent words are the shortest.
		letters, syllables := 2+i%3+i*6/vocabulary, 1+i%2+i*2/vocabulary
		var en, ko strings.Builder
		for range letters {
			en.WriteByte("etaoinshrdlucmfwypvbgkjqxz"[min(r.IntN(26), r.IntN(26))])
		}
		for range syllables {
			// Nearly all Korean text consists of about 600 syllables.
			ko.WriteRune('가' + rune(r.IntN(min(600, 40+i)))*18)
		}
		p.english, p.korean = append(p.english, en.String()), append(p.korean, ko.String())
	}
	for range 1000 {
		p.topics = append(p.topics, p.direction())
	}
	return p
}

func (p *prose) direction() []float32 {
	v := make([]float32, benchDimensions)
	for i := range v {
		v[i] = float32(p.r.NormFloat64())
	}
	return vec.Unit(v)
}

// near returns a vector with a cosine of about 0.7 to one of the topics.
func (p *prose) near() []float32 {
	v, topic := p.direction(), p.topics[p.r.IntN(len(p.topics))]
	for i := range v {
		v[i] += topic[i]
	}
	return vec.Unit(v)
}

func (p *prose) text(korean bool, runes int) string {
	var b strings.Builder
	for n := 0; n < runes; {
		word := p.english[p.words.Uint64()]
		if korean {
			word = p.korean[p.words.Uint64()] + p.particles[p.r.IntN(len(p.particles))]
		}
		b.WriteString(word)
		b.WriteByte(' ')
		n += len([]rune(word)) + 1
	}
	return strings.TrimSpace(b.String())
}

// question returns about ten words in one of the languages.
func (p *prose) question() string {
	if p.r.IntN(2) == 0 {
		return p.text(true, 35)
	}
	return p.text(false, 55)
}

// fill puts passages into a collection, ten per document.
func (p *prose) fill(b *testing.B, c *Collection, passages int) {
	b.Helper()
	for n := range passages / perDocument {
		var texts []string
		var vectors [][]float32
		for range perDocument {
			texts = append(texts, p.text(n%2 == 0, p.passageSize))
			vectors = append(vectors, p.near())
		}
		doc, cut := document(fmt.Sprint(n), texts...)
		for i := range cut {
			cut[i].Metadata = map[string]any{"lang": []string{"ko", "en"}[n%2], "year": float64(2000 + n%25), "page": float64(i)}
		}
		if err := c.Put(b.Context(), doc, cut, vectors); err != nil {
			b.Fatal(err)
		}
	}
}

// fixedVector is an embedder that always returns the same vector for a query.
type fixedVector []float32

func (v fixedVector) EmbedQuery(context.Context, string) ([]float32, error) { return v, nil }

func hybrid(tb testing.TB, c *Collection, r retrieval.Request) []retrieval.Passage {
	tb.Helper()
	stages, err := retrieval.New(c, fixedVector(r.Vector), nil, retrieval.Config{K1: r.K, K2: r.K, Filter: r.Filter})
	if err != nil {
		tb.Fatal(err)
	}
	res, err := stages.Search(tb.Context(), r.Text)
	if err != nil {
		tb.Fatal(err)
	}
	return res.Passages
}

// benchSizes returns the numbers of passages to measure: $SELFRAG_PASSAGES, or
// 10,000 and 100,000.
func benchSizes(b *testing.B) []int {
	asked := os.Getenv("SELFRAG_PASSAGES")
	if asked == "" {
		return []int{10_000, 100_000}
	}
	n, err := strconv.Atoi(asked)
	if err != nil || n < 1000 {
		b.Fatalf("SELFRAG_PASSAGES is %q, not a number of passages above 1000", asked)
	}
	return []int{n}
}

// BenchmarkHybrid searches as TwoStage does by default: 100 candidates of each
// side are fused and the passages of 20 returned. Each iteration is one
// question. It reports
//   - the median, the 99th percentile and the mean processor time of a search,
//   - the time of the first search of a new process, and of the next search
//     after a document was added and after one was removed,
//   - the memory in use after the first search, and the size of the file,
//   - dense search's recall@20 against the exact scan, without a filter and with
//     one that selects about 1 % of the passages, and the median time of the
//     search with that filter, once it is kept,
//   - the processor time of the exact scan of one question, which compares the
//     same vectors in memory.
func BenchmarkHybrid(b *testing.B) {
	for _, size := range benchSizes(b) {
		b.Run(fmt.Sprint(size), func(b *testing.B) { benchmarkHybrid(b, size) })
	}
}

func benchmarkHybrid(b *testing.B, size int) {
	path := filepath.Join(b.TempDir(), "selfrag.db")
	text := newProse(uint64(size)) //nolint:gosec // it is positive
	filling := openAt(b, path)
	begin := time.Now()
	text.fill(b, createIn(b, filling, benchDimensions), size)
	put := time.Since(begin)
	if err := filling.Close(); err != nil {
		b.Fatal(err)
	}

	before := heap()
	begin = time.Now()
	c := createIn(b, openAt(b, path), benchDimensions)
	search := func(f retrieval.Filter) time.Duration {
		query := retrieval.Request{Text: text.question(), Vector: text.near(), K: 20, Filter: f}
		begin := time.Now()
		if found := hybrid(b, c, query); len(found) != 20 {
			b.Fatalf("found %d passages", len(found))
		}
		return time.Since(begin)
	}
	search(nil)
	first := time.Since(begin)
	held := heap() - before
	for range 20 {
		search(nil)
	}
	var times []time.Duration
	used := processtest.ProcessorTime(b)
	for b.Loop() {
		times = append(times, search(nil))
	}
	used = processtest.ProcessorTime(b) - used
	slices.Sort(times)

	one := newProse(7)
	one.fill(b, c, perDocument) // in place of document 0
	removed := search(nil)
	doc, passages := document("new", one.text(false, 500))
	if err := c.Put(b.Context(), doc, passages, [][]float32{one.near()}); err != nil {
		b.Fatal(err)
	}
	added := search(nil)

	some := retrieval.And{
		retrieval.Comparison{Field: "year", Op: retrieval.Equal, Value: 2003.0},
		retrieval.In{Field: "page", Values: []any{0.0, 1.0, 2.0}},
	}
	search(some)
	var filtered []time.Duration
	for range 20 {
		filtered = append(filtered, search(some))
	}
	slices.Sort(filtered)
	questions := make([][]float32, 50)
	for i := range questions {
		questions[i] = text.near()
	}
	exact := exactScan{questions: questions}

	info, err := os.Stat(path)
	if err != nil {
		b.Fatal(err)
	}
	milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(milliseconds(times[len(times)/2]), "p50-ms")
	b.ReportMetric(milliseconds(times[len(times)*99/100]), "p99-ms")
	b.ReportMetric(milliseconds(used)/float64(len(times)), "cpu-ms")
	b.ReportMetric(milliseconds(first), "first-ms")
	b.ReportMetric(milliseconds(added), "after-put-ms")
	b.ReportMetric(milliseconds(removed), "after-removal-ms")
	b.ReportMetric(float64(held)/(1<<20), "held-MiB")
	b.ReportMetric(float64(info.Size())/(1<<20), "file-MiB")
	b.ReportMetric(milliseconds(put)/float64(size), "put-ms/passage")
	b.ReportMetric(exact.recall(b, c, nil), "recall@20")
	b.ReportMetric(exact.recall(b, c, some), "filtered-recall@20")
	b.ReportMetric(milliseconds(filtered[len(filtered)/2]), "filtered-p50-ms")
	b.ReportMetric(milliseconds(exact.used)/float64(len(questions)), "exact-cpu-ms")
	b.ReportMetric(0, "ns/op")
}

// heap returns the memory in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
