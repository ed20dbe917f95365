package sqlite

import (
	"cmp"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestIDs(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		var ids []int64
		for next := r.Int64N(1 << 40); len(ids) < 1+r.IntN(50); next++ {
			if r.IntN(4) == 0 {
				next += r.Int64N(1 << uint(r.IntN(20)))
			}
			ids = append(ids, next)
		}
		b := encodeIDs(ids)
		got, rest, err := decodeIDs(append(b, 7), len(ids))
		if err != nil || !slices.Equal(got, ids) || len(rest) != 1 {
			t.Fatalf("%v became %v, %v, %v", ids, got, rest, err)
		}
		if _, _, err := decodeIDs(b[:len(b)-1], len(ids)); err == nil {
			t.Fatalf("%v: a part was taken", ids)
		}
		if _, err := newPlaces(ids, 0).decoded(b[:len(b)/2]); err == nil {
			t.Fatalf("%v: half was taken", ids)
		}
	}
	for _, n := range []int{-1, 0, 2, segmentPassages + 1} {
		if _, _, err := (run{first: 1, last: 1, passages: n}).places(encodeIDs([]int64{1})); err == nil {
			t.Errorf("one number was taken for %d", n)
		}
	}
}

func (p places) decoded(b []byte) ([]int64, error) {
	got, _, err := p.places(b)
	return got.ids, err
}

func FuzzNextList(f *testing.F) {
	f.Add([]byte{0, 2, 2, 3, 5})
	f.Add(appendPostings([]byte{1, 1, 3}, []posting{200<<countBits | 9}))
	f.Fuzz(func(t *testing.T, row []byte) {
		l, _, err := nextList(row, 5)
		if err != nil {
			return
		}
		postings, err := l.decode(nil, 1000)
		if err != nil {
			return
		}
		for _, p := range postings {
			if p>>countBits >= 1000 {
				t.Fatalf("passage %d of 1000", p>>countBits)
			}
		}
	})
}

func TestPostings(t *testing.T) {
	r := rand.New(rand.NewPCG(2, 2))
	for range 200 {
		var postings []posting
		for at := r.IntN(300); at < segmentPassages && len(postings) < 40; at += 1 + r.IntN(1<<uint(1+r.IntN(18))) {
			postings = append(postings, posting(at)<<countBits|posting(1+r.IntN(1+r.IntN(maxCount))))
		}
		got, err := list{encoded: appendPostings(nil, postings)}.decode(nil, segmentPassages)
		if err != nil || !slices.Equal(got, postings) {
			t.Fatalf("%v became %v, %v", postings, got, err)
		}
	}
}

func TestPool(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 500 {
		p := newPool(1 + r.IntN(20))
		var all []candidate
		for i := range r.IntN(200) {
			c := candidate{float32(r.IntN(50)), 0, int32(i)}
			all = append(all, c)
			p.offer(c)
		}
		worstFirst := func(a, b candidate) int { return cmp.Compare(b.score, a.score) }
		got := best(p.items, p.keep)
		slices.SortFunc(all, worstFirst)
		slices.SortFunc(got, worstFirst)
		if len(got) != min(p.keep, len(all)) {
			t.Fatalf("%d of %d are left, not %d", len(got), len(all), p.keep)
		}
		for i, c := range got {
			if c.score != all[i].score {
				t.Fatalf("the best %d of %v: got %v", p.keep, all, got)
			}
		}
	}
}

func TestToMerge(t *testing.T) {
	repeated := func(n, times int) []int { return slices.Repeat([]int{n}, times) }
	for name, tt := range map[string]struct {
		live     []int
		from, to int
	}{
		"none":                       {nil, 0, 0},
		"too few":                    {repeated(10, 7), 0, 0},
		"enough":                     {repeated(10, 9), 0, 8},
		"behind a large one":         {slices.Concat([]int{80}, repeated(10, 8)), 1, 9},
		"seven of each size":         {slices.Concat(repeated(640, 7), repeated(80, 7), repeated(10, 7)), 0, 0},
		"eight of the second size":   {slices.Concat(repeated(80, 8), repeated(10, 3)), 0, 8},
		"small ones between":         {slices.Concat(repeated(80, 4), repeated(10, 3), repeated(80, 4)), 0, 11},
		"too large for one":          {repeated(segmentPassages/2+1, 9), 0, 0},
		"one that is nearly removed": {[]int{80, 3, 80}, 1, 2},
	} {
		runs := make([]run, len(tt.live))
		for i, n := range tt.live {
			runs[i].passages = max(n, 10)
		}
		if from, to := toMerge(runs, tt.live, 10); from != tt.from || to != tt.to {
			t.Errorf("%s: got %d to %d, want %d to %d", name, from, to, tt.from, tt.to)
		}
	}
}
