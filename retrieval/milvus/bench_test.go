//go:build integration

package milvus

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/milvus-io/milvus-sdk-go/v2/entity"

	"selfrag/retrieval"
)

// BenchmarkSearch compares our dense search with a bare call of the SDK: the
// same vectors, fields and consistency, alternately.
func BenchmarkSearch(b *testing.B) {
	const dimensions, documents, each, k = 384, 100, 50, 20
	for _, name := range serverNames() {
		b.Run(name, func(b *testing.B) {
			ctx := b.Context()
			db := openAt(b, addressOf(b, name), ourOwn(b))
			c, err := db.Create(ctx, "bench", retrieval.EmbedderSpec{Model: "test/bench", Dimensions: dimensions})
			if err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(41, 42))
			vector := func() []float32 {
				v := make([]float32, dimensions)
				for i := range v {
					v[i] = float32(r.NormFloat64())
				}
				return v
			}
			text := strings.Repeat("등대지기는 밤마다 불을 켠다. ", 20)
			for d := range documents {
				doc := retrieval.Document{ID: fmt.Sprint(d), Source: fmt.Sprint(d), Text: text}
				var passages []retrieval.Passage
				var vectors [][]float32
				for i := range each {
					passages = append(passages, retrieval.Passage{ID: fmt.Sprintf("%d-%d", d, i), Text: text, End: len([]rune(text))})
					vectors = append(vectors, vector())
				}
				if err := c.Put(ctx, doc, passages, vectors); err != nil {
					b.Fatal(err)
				}
			}
			p, err := entity.NewIndexHNSWSearchParam(db.server.cfg.Ef)
			if err != nil {
				b.Fatal(err)
			}
			var ours, bare []time.Duration
			for b.Loop() {
				query, err := retrieval.UnitVector(vector(), dimensions)
				if err != nil {
					b.Fatal(err)
				}
				begin := time.Now()
				if found, err := c.Dense(ctx, retrieval.Request{Vector: query, K: k}); err != nil || len(found) != k {
					b.Fatalf("found %d, %v", len(found), err)
				}
				ours = append(ours, time.Since(begin))
				begin = time.Now()
				_, err = db.server.conn.sdk.Search(ctx, c.passages, nil, db.scope.rows().expr, passageFields(), []entity.Vector{entity.FloatVector(query)},
					fieldVector, entity.IP, k, p, atLevel(db.server.level(c.passages)))
				if err != nil {
					b.Fatal(err)
				}
				bare = append(bare, time.Since(begin))
			}
			slices.Sort(ours)
			slices.Sort(bare)
			b.ReportMetric(float64(ours[len(ours)/2])/float64(bare[len(bare)/2]), "p50/bare-p50")
			if err := db.Delete(ctx, "bench"); err != nil {
				b.Error(err)
			}
		})
	}
}
