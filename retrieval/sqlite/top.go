package sqlite

// top keeps the best k hits that it is offered, in a heap with the worst of
// them at the root.
type top struct {
	k    int
	hits []hit
}

// wants reports whether a hit with the given score may be among the best. k is
// positive.
func (t *top) wants(score float64) bool { return len(t.hits) < t.k || score >= t.hits[0].score }

func (t *top) offer(h hit) {
	switch {
	case len(t.hits) < t.k:
		t.hits = append(t.hits, h)
		t.up(len(t.hits) - 1)
	case t.k > 0 && compare(h, t.hits[0]) < 0:
		t.hits[0] = h
		t.down(0)
	}
}

func (t *top) up(i int) {
	for i > 0 {
		parent := (i - 1) / 2
		if compare(t.hits[parent], t.hits[i]) >= 0 {
			return
		}
		t.hits[parent], t.hits[i] = t.hits[i], t.hits[parent]
		i = parent
	}
}

func (t *top) down(i int) {
	for {
		worst := i
		for child := 2*i + 1; child <= 2*i+2 && child < len(t.hits); child++ {
			if compare(t.hits[child], t.hits[worst]) > 0 {
				worst = child
			}
		}
		if worst == i {
			return
		}
		t.hits[worst], t.hits[i] = t.hits[i], t.hits[worst]
		i = worst
	}
}
