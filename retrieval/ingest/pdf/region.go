package pdf

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// block is a part of a page that is read on its own: lines of text or a table.
type block struct {
	lines []row
	table *table // what the lines are, or nil for lines of text
}

// interval is a range on the x axis.
type interval struct{ from, to float64 }

const (
	minGap        = 0.8 // minimum gap between columns or cells, in font sizes
	maxNesting    = 6   // maximum depth of columns within columns
	maxLineOfGaps = 3.5 // maximum distance between two rows of one table, in font sizes
)

// regions arranges the rows of a page or a column in blocks, in the order in
// which a person reads them. Texts side by side are either columns, which are
// read one after another, or the cells of a table, which are read row by row.
func regions(lines []row, rules []box, depth int) []block {
	var out []block
	text := func(r row) {
		if n := len(out); n > 0 && out[n-1].table == nil {
			out[n-1].lines = append(out[n-1].lines, r)
			return
		}
		out = append(out, block{lines: []row{r}})
	}
	for i := 0; i < len(lines); {
		end, gaps := band(lines, i)
		if len(gaps) == 0 || depth == maxNesting {
			text(flat(lines[i]))
			i++
			continue
		}
		inside := lines[i:end]
		switch columns := split(inside, gaps); {
		case areColumns(columns, rules):
			first := i
			// Rows above that stand in a single column were taken for lines of text
			// across the page. They belong to the columns, too.
			if n := len(out); n > 0 && out[n-1].table == nil {
				kept := len(out[n-1].lines)
				for kept > 0 && aside(out[n-1].lines[kept-1], gaps) && lines[first-1].near(lines[first]) && areColumns(split(lines[first-1:end], gaps), rules) {
					kept, first = kept-1, first-1
				}
				if out[n-1].lines = out[n-1].lines[:kept]; kept == 0 {
					out = out[:n-1]
				}
			}
			for _, c := range split(lines[first:end], gaps) {
				out = append(out, regions(c, rules, depth+1)...)
			}
			i = end
		default:
			if t := tableOf(inside, gaps, rules); t != nil {
				out = append(out, block{lines: inside, table: t})
				i = end
				continue
			}
			for _, r := range inside {
				text(flat(r))
			}
			i = end
		}
	}
	return out
}

// flat returns the row with its segments merged into one, because its gaps do
// not separate columns or cells.
func flat(r row) row {
	if len(r.segments) == 1 {
		return r
	}
	s := r.segments[0]
	s.text, s.box = r.text(), r.box()
	s.words = slices.Clone(s.words)
	for _, o := range r.segments[1:] {
		s.words = append(s.words, o.words...)
	}
	s.space, s.ends = r.segments[len(r.segments)-1].space, r.ends()
	r.segments = []segment{s}
	return r
}

// near reports whether the next row is close enough to belong to the same table
// or columns.
func (r row) near(next row) bool { return r.base-next.base < maxLineOfGaps*max(r.em, next.em) }

// aside reports whether a row crosses none of the gaps.
func aside(r row, gaps []interval) bool {
	b := r.box()
	for _, g := range gaps {
		if b.x0 < g.to && b.x1 > g.from {
			return false
		}
	}
	return true
}

// split returns, for each column between the gaps, the parts of the rows in it.
func split(lines []row, gaps []interval) [][]row {
	out := make([][]row, len(gaps)+1)
	for _, r := range lines {
		cells := make([][]segment, len(out))
		for _, s := range r.segments {
			c := columnOf(s, gaps)
			cells[c] = append(cells[c], s)
		}
		for c, segments := range cells {
			if len(segments) > 0 {
				part := row{segments: segments, base: r.base, em: segments[0].em, top: r.top}
				out[c] = append(out[c], part)
			}
		}
	}
	return out
}

// columnOf returns the index of the column that a segment begins in.
func columnOf(s segment, gaps []interval) int {
	c := 0
	for c < len(gaps) && s.x0 >= (gaps[c].from+gaps[c].to)/2 {
		c++
	}
	return c
}

// maxColumns is the maximum number of columns of text side by side. More are
// taken for a table.
const maxColumns = 6

// areColumns reports whether texts side by side are columns of running text
// rather than the cells of a table. The lines of running text are long and full,
// and continue the sentence of the line before. If lines are drawn between the
// rows, it is a table.
func areColumns(columns [][]row, rules []box) bool {
	if len(columns) > maxColumns {
		return false
	}
	running, wide := 0, 0
	for _, c := range columns {
		if len(c) == 0 {
			return false
		}
		if ruled(c, rules) {
			return false
		}
		switch {
		case len(c) >= 2 && runs(c):
			running++
		case width(c) > 8*c[0].em:
			wide++
		default:
			return false
		}
	}
	if running == len(columns) {
		return true
	}
	return running > 0 && running+wide == len(columns) && inOrder(columns) || len(columns) == 2 && running == 0 && inOrder(columns) && wide == 2 && len(columns[0]) > 2
}

// inOrder reports whether the file has one column after another in its content.
// Tables mostly are there row by row.
func inOrder(columns [][]row) bool {
	last := -1
	for _, c := range columns {
		low, high := int(^uint(0)>>1), 0
		for _, r := range c {
			for _, s := range r.segments {
				low, high = min(low, s.order), max(high, s.order)
			}
		}
		if low < last {
			return false
		}
		last = high
	}
	return true
}

func width(lines []row) float64 {
	b := lines[0].box()
	for _, r := range lines[1:] {
		b = b.union(r.box())
	}
	return b.width()
}

// runs reports whether the lines of a column are running text.
func runs(lines []row) bool {
	whole := width(lines)
	em := lines[len(lines)/2].em
	if whole < 8*em {
		return false
	}
	full, flows, pairs, spaced := 0, 0, 0, 0
	for i := range lines {
		text := lines[i].text()
		if lines[i].box().width() > 0.7*whole {
			full++
		}
		if strings.Count(strings.TrimSpace(text), " ") >= 2 {
			spaced++
		}
		if i == 0 {
			continue
		}
		pairs++
		r, _ := utf8.DecodeRuneInString(text)
		if !endsSentence(lines[i-1].text()) && (unicode.IsLower(r) || isWide(r)) {
			flows++
		}
	}
	return 2*full >= len(lines) && 3*flows >= pairs && 2*spaced >= len(lines)
}

// isWide reports whether a character is Hangul, Han or Kana. These scripts have
// no lower case that would show that a sentence goes on.
func isWide(r rune) bool {
	return unicode.In(r, unicode.Hangul, unicode.Han, unicode.Hiragana, unicode.Katakana)
}

// endsSentence reports whether a line ends with a mark that can end a sentence.
func endsSentence(s string) bool {
	s = strings.TrimRight(s, " \"'”’)]」』")
	r, _ := utf8.DecodeLastRuneInString(s)
	return strings.ContainsRune(".!?:;。！？：；…", r)
}

// ruled reports whether lines are drawn between at least a quarter of the rows
// of a column or a table. Not all rows have one between them, because a cell can
// have several lines of text.
func ruled(lines []row, rules []box) bool {
	between := 0
	for i := 1; i < len(lines); i++ {
		if ruledBetween(lines[i-1], lines[i], rules) {
			between++
		}
	}
	return between > 0 && 4*between >= len(lines)-1
}

// ruledBetween reports whether a line is drawn between two rows.
func ruledBetween(above, below row, rules []box) bool {
	area := above.box().union(below.box())
	for _, rule := range rules {
		y := (rule.y0 + rule.y1) / 2
		if rule.width() > rule.height() && below.base < y && y < above.base && min(rule.x1, area.x1)-max(rule.x0, area.x0) > 0.5*area.width() {
			return true
		}
	}
	return false
}
