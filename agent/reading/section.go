package reading

import (
	"slices"
	"strings"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// section is the part of a document below one heading.
type section struct {
	window  *window
	span    text.Span // in runes of the document
	heading string    // may be empty
	path    string    // the headings above the section and its own heading, joined by " > "
	above   int       // index of its parent section, -1 if none
	tokens  int
	score   float64
	taken   bool
}

// longestSection is the maximum length of a section in runes. Longer sections
// are cut between sentences. Not measured.
const longestSection = 1500

// sectionsOf cuts a window at its headings. A heading without text of its own
// belongs to the section after it.
func sectionsOf(w *window) []section {
	headings := slices.DeleteFunc(evidence.Headings(w.runes), func(h evidence.Heading) bool { return h.Text == "" })
	begin := 0
	var out []section
	var open []int // possible parents of the next section
	var levels []int
	add := func(end int, h *evidence.Heading, path []string) {
		s := section{window: w, span: text.Span{Start: begin + w.start, End: end + w.start}, above: -1}
		if h != nil {
			s.heading, s.path = h.Text, strings.Join(path, " > ")
			for len(open) > 0 && levels[len(levels)-1] >= h.Level {
				open, levels = open[:len(open)-1], levels[:len(levels)-1]
			}
			if len(open) > 0 {
				s.above = open[len(open)-1]
			}
			open, levels = append(open, len(out)), append(levels, h.Level)
		}
		out = append(out, s)
		begin = end
	}
	if len(headings) == 0 {
		add(len(w.runes), nil, nil)
		return out
	}
	if strings.TrimSpace(string(w.runes[:headings[0].Start])) != "" {
		add(headings[0].Start, nil, nil)
	}
	var stack []evidence.Heading
	for i, h := range headings {
		for len(stack) > 0 && stack[len(stack)-1].Level >= h.Level {
			stack = stack[:len(stack)-1]
		}
		stack = append(stack, h)
		end := len(w.runes)
		if i+1 < len(headings) {
			if end = headings[i+1].Start; strings.TrimSpace(string(w.runes[h.End:end])) == "" {
				continue
			}
		}
		path := make([]string, len(stack))
		for j, of := range stack {
			path[j] = of.Text
		}
		add(end, &h, path)
	}
	return out
}

// parts splits the section into parts of at most longestSection runes. Each part
// ends at the end of a sentence.
func (s section) parts() []section {
	if s.span.End-s.span.Start <= longestSection {
		return []section{s}
	}
	var out []section
	begin, end := s.span.Start, s.span.Start
	cut := func(at int) {
		part := s
		part.span = text.Span{Start: begin, End: at}
		out = append(out, part)
		begin = at
	}
	for _, sentence := range text.Sentences(s.window.between(s.span)) {
		next := s.span.Start + sentence.End
		for ; next-begin > longestSection; end = max(end, begin) {
			if end == begin { // one sentence is longer than the limit
				end = begin + longestSection
			}
			cut(end)
		}
		end = next
	}
	if begin < s.span.End {
		cut(s.span.End)
	}
	return out
}

// text returns the text of the section, without parts that no passage covers.
func (s section) text() string {
	var b strings.Builder
	for _, part := range s.window.spans(s.span) {
		b.WriteString(string(s.window.between(part)))
		b.WriteByte('\n')
	}
	return b.String()
}

// named returns the heading of the section, or its first words.
func (s section) named() string {
	if s.heading != "" {
		return s.heading
	}
	words := strings.Fields(s.text())
	return strings.Join(words[:min(len(words), 6)], " ")
}

// holder returns the passage that overlaps most of a span. If several passages
// overlap equally, holder returns the first of them.
func (w *window) holder(span text.Span) retrieval.Passage {
	best, most := 0, -1
	for i, p := range w.passages {
		if n := min(p.End, span.End) - max(p.Start, span.Start); n > most {
			best, most = i, n
		}
	}
	return w.passages[best]
}
