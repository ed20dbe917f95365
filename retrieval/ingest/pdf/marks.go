package pdf

// placed is a word of a page in the order in which the page is read.
type placed struct {
	piece
	line int // number of the line, or of the part of a line, that it stands on
}

// inOrder returns the words of a page in the order in which Read writes them, but
// line by line where the cells of a table have several lines.
func (s sheet) inOrder() []placed {
	var out []placed
	line := 0
	add := func(rows []row) {
		for _, r := range rows {
			for _, segment := range r.segments {
				line++
				for _, w := range segment.words {
					out = append(out, placed{s.pieces[w], line})
				}
			}
		}
	}
	ordered := order(s)
	for _, b := range regions(ordered.rows, ordered.rules, 0) {
		add(b.lines)
	}
	add(ordered.others)
	for _, b := range regions(ordered.hidden, nil, 0) {
		add(b.lines)
	}
	return out
}

// pageLetter is a letter of a page.
type pageLetter struct {
	word, at, of int // index of its word, its index in the word, and the number of letters of the word
}

// marks returns the marks for the letters of a page that were found: one for each
// run of letters on a line.
func (s sheet) marks(words []placed, letters []pageLetter, found []bool) []Mark {
	out := []Mark{}
	var open box
	line := 0 // of open; 0: none is open
	end := func() {
		if m, ok := s.mark(open); ok && line > 0 {
			out = append(out, m)
		}
		line = 0
	}
	for i := 0; i < len(letters); {
		if !found[i] {
			end()
			i++
			continue
		}
		w, first := letters[i].word, letters[i].at
		last := first
		for ; i < len(letters) && found[i] && letters[i].word == w; i++ {
			last = letters[i].at
		}
		b := words[w].part(first, last+1, letters[i-1].of)
		if line != words[w].line {
			end()
			open, line = b, words[w].line
		}
		open = open.union(b)
	}
	end()
	return out
}

// part returns the box on the page of some of the letters of a piece, which are taken
// to be equally wide.
func (p *piece) part(from, to, of int) box {
	if p.turn == slanted || from == 0 && to == of {
		return p.raw
	}
	b, width := p.box, p.width()/float64(of)
	b.x0, b.x1 = p.x0+width*float64(from), p.x0+width*float64(to)
	switch p.turn { // turn it back
	case up:
		return b.turned(down)
	case down:
		return b.turned(up)
	}
	return b.turned(p.turn)
}

// mark returns the mark for a box of the page. It returns false if the box is outside
// the visible part of the page.
func (s sheet) mark(b box) (Mark, bool) {
	w, h := shownSize(s.crop, s.rotated)
	b = b.shown(s.crop, s.rotated)
	b = box{max(0, b.x0), max(0, b.y0), min(w, b.x1), min(h, b.y1)}
	if !(b.x0 < b.x1 && b.y0 < b.y1) {
		return Mark{}, false
	}
	return Mark{X: b.x0 / w, Y: (h - b.y1) / h, Width: b.width() / w, Height: b.height() / h}, true
}
