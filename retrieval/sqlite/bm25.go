package sqlite

import (
	"context"
	"database/sql"
	"math"
	"runtime"
	"sync/atomic"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval/text"
)

// The parameters of BM25: how quickly repetitions of a term saturate, and how
// much the length of a passage counts against it. The values are those of
// Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and
// Beyond" (2009), section 3.5, and of Lucene.
const (
	saturation   = 1.2
	lengthWeight = 0.75
)

// leastWeight is the weight of a term that most passages contain. It only
// decides between passages with otherwise equal scores.
const leastWeight = 1e-6

// maxQueryTerms limits the work of one lexical search. A question has some tens
// of terms. Only a pasted page has more, and its first terms say enough.
const maxQueryTerms = 256

// queryTerms returns the different terms of a question in order.
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

// best returns the k passages with the highest BM25 for the terms, best first.
// only restricts them to some passages; nil means all. The weight of a term
// depends on its rarity in the whole collection, whatever the restriction: it
// is ln((N-n+0.5)/(n+0.5)) for N passages of which n contain the term, or
// leastWeight if more than half of them do. Lucene's ln(1 + ...), which gives
// such terms some weight, finds less: recall@5 0.484 instead of 0.496 on
// musique-100, nDCG@10 0.920 instead of 0.923 on autorag-ko.
//
// best adds up every posting of every term, segment by segment and term by
// term. For questions of some tens of terms this takes less time than choosing
// which postings to skip.
func (l *lexicon) best(ctx context.Context, tx *sql.Tx, query []uint32, k int, only *allowed) ([]hit, error) {
	lists, err := l.lists(ctx, tx, query)
	if err != nil {
		return nil, err
	}
	s := scorer{l: l, query: query, lists: lists, only: only}
	// count / (count + flat + slope*length)
	s.flat = saturation * (1 - lengthWeight)
	s.slope = saturation * lengthWeight * float64(l.live) / float64(l.total)
	if err := s.weigh(); err != nil {
		return nil, err
	}
	tops := make([]top, min(runtime.GOMAXPROCS(0), len(l.stored)+1))
	var next atomic.Int64
	g, ctx := errgroup.WithContext(ctx)
	for w := range tops {
		g.Go(func() error {
			t, room := top{k: k}, &room{}
			for i := int(next.Add(1)) - 1; i <= len(l.stored); i = int(next.Add(1)) - 1 {
				if err := ctx.Err(); err != nil {
					return err
				}
				if i == len(l.stored) {
					s.inMemory(room, &t)
				} else if err := s.stored(i, room, &t); err != nil {
					return err
				}
			}
			tops[w] = t
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	return bestOf(tops, k), nil
}

// scorer adds up BM25.
type scorer struct {
	l           *lexicon
	query       []uint32
	lists       [][]list // by stored segment and term
	only        *allowed
	flat, slope float64
	weights     []float64   // by term
	gains       [][]float64 // by term, see gainsOf
}

// weigh sets the weights of the terms.
func (s *scorer) weigh() error {
	var decoded []posting
	for t, term := range s.query {
		holding := 0
		for i, of := range s.l.stored {
			holding += s.lists[i][t].postings
			gone := s.l.removed.from[of.id]
			if gone == nil {
				continue
			}
			var err error
			if decoded, err = s.lists[i][t].decode(decoded[:0], of.passages); err != nil {
				return err
			}
			for _, p := range decoded {
				if gone.has(int(p >> countBits)) {
					holding--
				}
			}
		}
		for i := range s.l.segments {
			holding += len(s.l.segments[i].of(term))
		}
		n, h := float64(s.l.live), float64(holding)
		weight := (saturation + 1) * max(leastWeight, math.Log((n-h+0.5)/(h+0.5)))
		s.weights, s.gains = append(s.weights, weight), append(s.gains, s.gainsOf(weight, holding))
	}
	return nil
}

// Nearly all postings have a count and a length below these, so that what they
// add to a passage's sum is looked up: a division takes longer.
const (
	tabledCounts  = 5
	tabledLengths = 512
)

// gainsOf returns what a posting of a term adds, by count and length, or nil for
// a term with so few postings that a table does not pay.
func (s *scorer) gainsOf(weight float64, postings int) []float64 {
	if postings < 2*tabledCounts*tabledLengths {
		return nil
	}
	gains := make([]float64, 0, tabledCounts*tabledLengths)
	for count := range tabledCounts {
		for length := range tabledLengths {
			gains = append(gains, s.gain(weight, float64(count), float64(length)))
		}
	}
	return gains
}

func (s *scorer) gain(weight, count, length float64) float64 {
	return weight * count / (count + s.flat + s.slope*length)
}

// room is memory for one group of passages after another.
type room struct {
	sums    []float64
	decoded []posting
}

// zeros returns n zeros.
func (r *room) zeros(n int) []float64 {
	if cap(r.sums) < n {
		r.sums = make([]float64, n)
		return r.sums
	}
	r.sums = r.sums[:n]
	clear(r.sums)
	return r.sums
}

// stored offers the passages of the i-th stored segment.
func (s *scorer) stored(i int, room *room, to *top) (err error) {
	of, some := s.l.stored[i], false
	sums := room.zeros(of.passages)
	for t, l := range s.lists[i] {
		if l.postings == 0 {
			continue
		}
		if room.decoded, err = l.decode(room.decoded[:0], of.passages); err != nil {
			return err
		}
		s.add(sums, of.lengths, room.decoded, t)
		some = true
	}
	if some {
		s.offer(sums, of.places, s.l.removed.from[of.id], to)
	}
	return nil
}

// inMemory offers the passages that are in no stored segment.
func (s *scorer) inMemory(room *room, to *top) {
	l := s.l
	if len(l.ids) == 0 {
		return
	}
	sums := room.zeros(len(l.ids))
	for t, term := range s.query {
		for i := range l.segments {
			g := &l.segments[i]
			s.add(sums[g.base:g.base+g.passages], l.lengths[g.base:g.base+g.passages], g.of(term), t)
		}
	}
	s.offer(sums, newPlaces(l.ids, 0), nil, to)
}

// add adds the gains of postings of the t-th term.
func (s *scorer) add(sums []float64, lengths []uint32, postings []posting, t int) {
	weight, gains := s.weights[t], s.gains[t]
	if gains == nil {
		for _, p := range postings {
			at := p >> countBits
			sums[at] += s.gain(weight, float64(p&maxCount), float64(lengths[at]))
		}
		return
	}
	for _, p := range postings {
		at, count := p>>countBits, p&maxCount
		if length := lengths[at]; count < tabledCounts && length < tabledLengths {
			sums[at] += gains[int(count)*tabledLengths+int(length)]
		} else {
			sums[at] += s.gain(weight, float64(count), float64(length))
		}
	}
}

// offer offers the passages with a score that have not been removed.
func (s *scorer) offer(sums []float64, at places, gone bitset, to *top) {
	if s.only != nil {
		for _, i := range s.only.within(at.run).ordinals(at.ids) {
			if sums[i] > 0 && !gone.has(int(i)) {
				to.offer(hit{at.ids[i], sums[i]})
			}
		}
		return
	}
	for i, sum := range sums {
		if sum > 0 && to.wants(sum) && !gone.has(i) {
			to.offer(hit{at.ids[i], sum})
		}
	}
}
