package sqlite

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

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

// BenchmarkHybrid searches as TwoStage does by default: 20 candidates of each
// side are fused and their passages read. Each iteration is one question.
// Besides the median time and the 99th percentile it reports the time of the
// first search of a new process, the memory in use after it, and the size of
// the file.
func BenchmarkHybrid(b *testing.B) {
	for _, size := range []int{10_000, 100_000} {
		b.Run(fmt.Sprintf("%d", size), func(b *testing.B) {
			path := filepath.Join(b.TempDir(), "selfrag.db")
			text := newProse(uint64(size))
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
			search := func() {
				query := retrieval.Request{Text: text.question(), Vector: text.near(), K: 20}
				if found := hybrid(b, c, query); len(found) != 20 {
					b.Fatalf("found %d passages", len(found))
				}
			}
			search()
			cold := time.Since(begin)
			held := heap() - before
			for range 20 {
				search()
			}
			var times []time.Duration
			for b.Loop() {
				begin := time.Now()
				search()
				times = append(times, time.Since(begin))
			}
			slices.Sort(times)
			info, err := os.Stat(path)
			if err != nil {
				b.Fatal(err)
			}
			milliseconds := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
			b.ReportMetric(milliseconds(times[len(times)/2]), "p50-ms")
			b.ReportMetric(milliseconds(times[len(times)*99/100]), "p99-ms")
			b.ReportMetric(milliseconds(cold), "first-ms")
			b.ReportMetric(float64(held)/(1<<20), "held-MiB")
			b.ReportMetric(float64(info.Size())/(1<<20), "file-MiB")
			b.ReportMetric(milliseconds(put)/float64(size), "put-ms/passage")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// heap returns the memory in use.
func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}
