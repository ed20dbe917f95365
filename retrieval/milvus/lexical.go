package milvus

import (
	"context"
	"fmt"
	"hash/fnv"
	"math"
	"time"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// The parameters of BM25, as in SQLite's FTS5.
const (
	bm25K1 = 1.2
	bm25B  = 0.75
)

const (
	// maxQueryTerms limits the work of one search. A question has some tens of
	// terms.
	maxQueryTerms = 256
	// noTerm is the position in the sparse vector of a passage without terms,
	// because Milvus accepts no empty vectors. No term has this position.
	noTerm = 0
	// pivot is the average length, in terms, that sparse vectors assume. It
	// affects which candidates are examined, but not their scores.
	pivot = 150
	// lengthsAge is the maximum age of the sums of lengths.
	lengthsAge = 10 * time.Second
)

// lengths holds sums over the documents of a collection.
type lengths struct {
	at       time.Time
	passages int
	terms    int
}

func (l lengths) average() float64 {
	return float64(max(l.terms, 1)) / float64(max(l.passages, 1))
}

// Lexical ranks the passages that share a term with r.Text by BM25 (k1 1.2, b
// 0.75; Robertson and Zaragoza 2009, with idf = ln(1 + (N-n+0.5)/(n+0.5))), and
// returns the best r.K (at most 16,384). The error wraps retrieval.ErrNoLexical
// if the server has no sparse vectors.
func (c *Collection) Lexical(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	if !c.db.server.sparse {
		return nil, fmt.Errorf("%w: the Milvus server at %s is version %s, and searching lexically needs 2.4 or newer",
			retrieval.ErrNoLexical, c.db.server.cfg.Address, c.db.server.version)
	}
	passages, err := c.lexical(ctx, r)
	if err != nil {
		return nil, fmt.Errorf("search collection %q: %w", c.name, err)
	}
	for i := range passages {
		score := passages[i].Score
		passages[i].Lexical = &score
	}
	return passages, nil
}

func (c *Collection) lexical(ctx context.Context, r retrieval.Request) ([]retrieval.Passage, error) {
	words := queryTerms(r.Text)
	if len(words) == 0 || r.K < 1 {
		return nil, retrieval.CheckFilter(r.Filter)
	}
	sums, err := c.sumLengths(ctx)
	if err != nil {
		return nil, err
	}
	weights, err := c.weights(ctx, words, sums.passages)
	if err != nil {
		return nil, err
	}
	var positions []uint32
	var values []float32
	for position, weight := range weights {
		positions, values = append(positions, position), append(values, float32(weight))
	}
	query := []sparseVector{{positions, values}}
	found, err := c.matching(ctx, r, func(w where, k int) ([]retrieval.Passage, error) {
		// The order by texts may differ from the order by sparse vectors.
		k = min(2*k, maxK)
		results, err := c.db.server.search(ctx, c.passages, w, nearest{field: fieldSparse, sparse: query, k: k}, passageFields()...)
		if err != nil {
			return nil, err
		}
		passages, err := passagesOf(results[0])
		for i := range passages {
			passages[i].Score = score(passages[i], words, weights, sums.average())
		}
		return passages, err
	})
	return found.passages, err
}

// weights returns the idf of each term, by position.
func (c *Collection) weights(ctx context.Context, words []string, passages int) (map[uint32]float64, error) {
	positions := map[uint32]bool{}
	for _, w := range words {
		positions[position(w)] = true
	}
	var order []uint32
	var vectors []sparseVector
	for at := range positions {
		order, vectors = append(order, at), append(vectors, sparseVector{[]uint32{at}, []float32{1}})
	}
	limit := max(1, min(2*passages+100, maxK)) // the sum may be older than the passages
	results, err := c.db.server.search(ctx, c.passages, c.db.scope.rows(), nearest{field: fieldSparse, sparse: vectors, k: limit}, fieldID)
	if err != nil {
		return nil, fmt.Errorf("count the passages that hold a term: %w", err)
	}
	held := make([]int, len(order))
	for i := range results {
		held[i] = len(results[i].scores)
		passages = max(passages, held[i])
	}
	weights := make(map[uint32]float64, len(order))
	for i, at := range order {
		n := float64(held[i])
		weights[at] = math.Log(1 + (float64(passages)-n+0.5)/(n+0.5))
	}
	return weights, nil
}

// sumLengths sums up the documents' rows.
func (c *Collection) sumLengths(ctx context.Context) (lengths, error) {
	c.mu.Lock()
	have := c.lengths
	c.mu.Unlock()
	if !have.at.IsZero() && time.Since(have.at) < lengthsAge {
		return have, nil
	}
	rows, err := c.db.server.query(ctx, c.db.records(), c.documents(), c.db.server.level(c.db.records()), fieldPassages, fieldTerms)
	if err != nil {
		return have, fmt.Errorf("sum up the lengths: %w", err)
	}
	sums := lengths{at: time.Now()}
	for _, n := range rows.ints(fieldPassages) {
		sums.passages += int(n)
	}
	for _, n := range rows.ints(fieldTerms) {
		sums.terms += int(n)
	}
	c.mu.Lock()
	c.lengths = sums
	c.mu.Unlock()
	return sums, nil
}

// score returns the BM25 of a passage.
func score(p retrieval.Passage, words []string, weights map[uint32]float64, average float64) float64 {
	counts, length := countTerms(p.Searchable())
	var sum float64
	for _, w := range words {
		sum += weights[position(w)] * saturation(counts[w], length, average)
	}
	return sum
}

// saturation returns the part of BM25 for a term that depends on the passage.
func saturation(count, length int, average float64) float64 {
	n := float64(count)
	return n * (bm25K1 + 1) / (n + bm25K1*(1-bm25B+bm25B*float64(length)/average))
}

// weigh sets the sparse vectors of rows.
func weigh(rows []row) {
	for i := range rows {
		counts, length := countTerms(rows[i].Searchable())
		values := map[uint32]float32{}
		for term, n := range counts {
			values[position(term)] += float32(saturation(n, length, pivot))
		}
		if len(values) == 0 {
			values[noTerm] = 1
		}
		var at []uint32
		var weights []float32
		for position, value := range values {
			at, weights = append(at, position), append(weights, value)
		}
		rows[i].terms = length
		rows[i].sparse = sparseVector{at, weights}
	}
}

func countTerms(searchable string) (counts map[string]int, length int) {
	counts = map[string]int{}
	for term := range text.Terms(searchable) {
		counts[term]++
		length++
	}
	return counts, length
}

// queryTerms returns the terms of a question, each once.
func queryTerms(question string) []string {
	seen := map[string]bool{}
	var distinct []string
	for term := range text.Terms(question) {
		if len(distinct) == maxQueryTerms {
			break
		}
		if !seen[term] {
			seen[term] = true
			distinct = append(distinct, term)
		}
	}
	return distinct
}

// position returns a term's position in sparse vectors, from 1 to 2^32-2. Among
// 100,000 terms, each shares its position with another one with a probability
// of 1 in 43,000. A shared position affects only the idf, not the rest of a
// score.
func position(term string) uint32 {
	h := fnv.New32a()
	h.Write([]byte(term))
	return h.Sum32()%(math.MaxUint32-1) + 1
}
