package pdf

import (
	"cmp"
	"slices"
)

// band finds the rows, beginning with lines[from], that the same vertical gaps
// run through: columns of text or cells of a table. It returns the index after
// the last of these rows, and the gaps. There are at least two rows, and text
// on both sides of each gap. If there is no such gap, end is from+1.
func band(lines []row, from int) (end int, gaps []interval) {
	gaps = gapsOf(lines[from])
	if len(gaps) == 0 && from+1 < len(lines) && lines[from].base-lines[from+1].base < 0.9*lines[from].em {
		// The lines of two columns may be at different heights.
		both := row{segments: slices.Concat(lines[from].segments, lines[from+1].segments)}
		slices.SortFunc(both.segments, func(a, b segment) int { return cmp.Compare(a.x0, b.x0) })
		for _, g := range gapsOf(both) {
			if g.to-g.from > wideGap*lines[from].em {
				gaps = append(gaps, g)
			}
		}
	}
	if len(gaps) == 0 {
		return from + 1, nil
	}
	end = from + 1
	for end < len(lines) && lines[end-1].near(lines[end]) {
		left := narrowed(gaps, lines[end])
		if len(left) == 0 {
			break
		}
		gaps = left
		end++
	}
	// Rows at the end with a single segment are text that happens to be short.
	for end > from+1 && len(lines[end-1].segments) == 1 && !belongs(lines, from, end-1) {
		end--
	}
	if end-from < 2 {
		return from + 1, nil
	}
	return end, separators(lines[from:end])
}

// belongs reports whether lines[at], a row of one segment, continues the rows
// above it, which begin with lines[from]: it stands right below them, and
// begins at the same x as one of their segments.
func belongs(lines []row, from, at int) bool {
	s := lines[at].segments[0]
	if lines[at-1].base-lines[at].base > 1.7*max(s.em, lines[at-1].em) {
		return false
	}
	for _, r := range lines[from:at] {
		for _, o := range r.segments {
			if d := o.x0 - s.x0; max(d, -d) < s.em {
				return true
			}
		}
	}
	return false
}

// gapsOf returns the gaps between the segments of a row, which are all wide.
func gapsOf(r row) []interval {
	var out []interval
	for i := 1; i < len(r.segments); i++ {
		out = append(out, interval{r.segments[i-1].x1, r.segments[i].x0})
	}
	return out
}

// narrowed returns the parts of the gaps that no segment of the row covers, if
// they are still wide enough.
func narrowed(gaps []interval, r row) []interval {
	var out []interval
	for _, g := range gaps {
		for _, s := range r.segments {
			if s.x1 <= g.from || s.x0 >= g.to {
				continue
			}
			// A segment inside a gap leaves the wider of its two sides.
			if s.x0-g.from > g.to-s.x1 {
				g.to = s.x0
			} else {
				g.from = s.x1
			}
		}
		if g.to-g.from >= minGap*r.em*0.9 {
			out = append(out, g)
		}
	}
	return out
}

// separators returns the gaps that run through nearly all rows. One row in ten
// may cross a gap, as a heading over several columns does.
func separators(lines []row) []interval {
	type edge struct {
		x     float64
		delta int
	}
	var edges []edge
	em := 0.0
	for _, r := range lines {
		em = max(em, min(r.em, 20))
		for _, s := range r.segments {
			edges = append(edges, edge{s.x0, 1}, edge{s.x1, -1})
		}
	}
	slices.SortFunc(edges, func(a, b edge) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(b.delta, a.delta)) })
	most := len(lines) / 10
	if most == 0 && len(lines) >= 4 {
		most = 1
	}
	find := func(most int) []interval {
		var out []interval
		covered := 0
		begin, inside := 0.0, false
		for i, e := range edges {
			before := covered
			covered += e.delta
			switch {
			case before > most && covered <= most:
				begin, inside = e.x, true
			case inside && before <= most && covered > most:
				if e.x-begin >= minGap*em*0.75 && i < len(edges) {
					out = append(out, interval{begin, e.x})
				}
				inside = false
			}
		}
		return out
	}
	strict := find(0)
	if most == 0 {
		return strict
	}
	if loose := find(most); len(loose) > len(strict) {
		return loose
	}
	return strict
}
