package content

import (
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Lead is a part of a text whose beginning says what all of it is about, such as a
// table that begins with its headers. Wherever the part is cut, the beginning is
// repeated at the start of the next piece.
type Lead struct {
	Span        // the whole part, including the beginning
	Text string // the beginning: whole lines, without the last line end
}

// insertion is a text to insert at an offset.
type insertion struct {
	at   int
	text string
}

// WithLeads returns the content with leads repeated in the text wherever their
// parts will be cut into pieces of at most size runes. Because the repetitions are
// in the text itself, passages are still spans of the text. It sets Cuts.
func (c Content) WithLeads(size int) Content {
	var all []insertion
	runes := []rune(c.Text)
	c.Cuts = nil
	for _, l := range c.Leads {
		own := l.insertions(runes, size-3) // leave room for the empty line before a piece, which counts for the splitter
		if len(own) == 0 {
			continue
		}
		c.Cuts = append(c.Cuts, l.Start)
		for _, in := range own {
			c.Cuts = append(c.Cuts, in.at)
		}
		c.Cuts = append(c.Cuts, l.End)
		all = append(all, own...)
	}
	if len(all) == 0 {
		return c
	}
	return c.insert(runes, all)
}

// insertions returns the texts to insert into a part so that it can be cut into
// pieces of at most size runes, each of which begins with the lead.
func (l Lead) insertions(runes []rune, size int) []insertion {
	again := utf8.RuneCountInString(l.Text) + 1
	if l.Len() <= size || 2*again > size { // a long lead would leave too little room for the rest
		return nil
	}
	var all []insertion
	used := again
	for start := l.Start + again; start < l.End; {
		end := start
		for end < l.End && runes[end] != '\n' {
			end++
		}
		if used > again && used+end-start > size {
			all = append(all, insertion{start, "\n" + l.Text + "\n"})
			used = again
		}
		// A line too long for one piece continues in the next pieces. Each of them
		// repeats the beginning of the line, too.
		name := lineName(runes[start:end], size-again)
		for used+end-start > size {
			cut := lastSpace(runes, start+1, min(start+size-used, end))
			if cut <= start {
				break
			}
			all = append(all, insertion{cut, "\n\n" + l.Text + "\n" + name})
			start, used = cut, again+utf8.RuneCountInString(name)
		}
		used += end - start + 1
		start = end + 1
	}
	return all
}

// lineName returns the beginning of a line that names the rest: the header in
// "header: value", or the first cell of a row. It returns "" if the name takes half
// of the room or more.
func lineName(line []rune, room int) string {
	const most = 100 // not measured
	head := string(line[:min(len(line), most)])
	for _, sep := range []string{": ", " | "} {
		if i := strings.Index(head, sep); i > 0 && 2*utf8.RuneCountInString(head[:i]) < room {
			return head[:i] + sep
		}
	}
	return ""
}

// lastSpace returns the offset after the last white space in runes[from:to], or to
// if there is none.
func lastSpace(runes []rune, from, to int) int {
	for i := to; i > from; i-- {
		if unicode.IsSpace(runes[i-1]) {
			return i
		}
	}
	return to
}

// insert returns the content with texts inserted, and all offsets after them
// moved.
func (c Content) insert(runes []rune, all []insertion) Content {
	slices.SortStableFunc(all, func(a, b insertion) int { return a.at - b.at })
	var out strings.Builder
	added := make([]int, len(all)+1) // added[i] is the number of runes in the first i insertions
	from := 0
	for i, in := range all {
		out.WriteString(string(runes[from:in.at]))
		out.WriteString(in.text)
		from = in.at
		added[i+1] = added[i] + utf8.RuneCountInString(in.text)
	}
	out.WriteString(string(runes[from:]))
	begin := func(at int) int { return at + added[sort.Search(len(all), func(i int) bool { return all[i].at > at })] }
	end := func(at int) int {
		return at + added[sort.Search(len(all), func(i int) bool { return all[i].at >= at })]
	}
	moved := func(spans []Span) []Span {
		out := slices.Clone(spans)
		for i, s := range out {
			out[i] = Span{Start: begin(s.Start), End: max(end(s.End), begin(s.Start))}
		}
		return out
	}
	c.Text, c.Units, c.Hidden = out.String(), moved(c.Units), moved(c.Hidden)
	c.Headings, c.Pages, c.Places = slices.Clone(c.Headings), slices.Clone(c.Pages), slices.Clone(c.Places)
	for i := range c.Headings {
		c.Headings[i].Start = begin(c.Headings[i].Start)
	}
	for i := range c.Pages {
		c.Pages[i].Start = begin(c.Pages[i].Start)
	}
	for i := range c.Places {
		c.Places[i].Start = begin(c.Places[i].Start)
	}
	c.Cuts = slices.Clone(c.Cuts)
	for i, at := range c.Cuts { // a cut stands before the text inserted at its offset
		c.Cuts[i] = end(at)
	}
	c.Leads = nil
	return c
}
