package sqlite

// candidate is a passage of a chunk with a bound or an estimate of its score.
type candidate struct {
	score float32
	chunk int32 // index of the chunk
	at    int32 // index of its bound among those of the chunk
}

// pool keeps the best candidates that it is offered.
type pool struct {
	keep  int
	least float32 // a candidate with a lower score is not among them
	items []candidate
}

func newPool(keep int) *pool {
	return &pool{keep: keep, least: none}
}

// offer adds a candidate. The caller may leave out those below p.least.
func (p *pool) offer(c candidate) {
	if c.score < p.least {
		return
	}
	p.items = append(p.items, c)
	if len(p.items) >= 2*p.keep {
		p.items = best(p.items, p.keep)
		p.least = lowest(p.items)
	}
}

// lowest returns the lowest score of some candidates.
func lowest(items []candidate) float32 {
	least := items[0].score
	for _, c := range items {
		least = min(least, c.score)
	}
	return least
}

// best returns n of the candidates with the highest scores, in no particular
// order, and reorders the others. This is Hoare's selection.
func best(items []candidate, n int) []candidate {
	if n >= len(items) {
		return items
	}
	for from, to := 0, len(items); to-from > 1; {
		pivot := items[from+(to-from)/2].score
		i, j := from, to-1
		for i <= j {
			for items[i].score > pivot {
				i++
			}
			for items[j].score < pivot {
				j--
			}
			if i <= j {
				items[i], items[j] = items[j], items[i]
				i, j = i+1, j-1
			}
		}
		// items[from:j+1] >= items[j+1:i] >= items[i:to]
		switch {
		case n <= j:
			to = j + 1
		case n >= i:
			from = i
		default:
			return items[:n]
		}
	}
	return items[:n]
}
