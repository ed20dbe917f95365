package call

import "strings"

// thoughtMarks are the marks between which models that reason write what they
// think before the answer. None of it belongs in an answer, a grade or a query.
// Where a mark is written in the text itself, it comes from a model whose server
// leaves it there.
func thoughtMarks() [][2]string {
	return [][2]string{
		{"<think>", "</think>"}, {"<thinking>", "</thinking>"}, {"<thought>", "</thought>"}, {"<reasoning>", "</reasoning>"},
		{"<seed:think>", "</seed:think>"}, {"[THINK]", "[/THINK]"}, {"◁think▷", "◁/think▷"},
		{"<|START_THINKING|>", "<|END_THINKING|>"}, {"<|begin_of_thought|>", "<|end_of_thought|>"},
		{"<|channel|>analysis", "<|channel|>final<|message|>"}, {"<|channel|>commentary", "<|channel|>final<|message|>"},
	}
}

// withoutThoughts cuts the thoughts out of a text. A thought without an end is all
// thought; an end without a beginning, as templates that open the thought
// themselves leave it, ends one.
func withoutThoughts(text string) string {
	first, ended := len(text), -1 // the first beginning, and the first end with its length
	for _, marks := range thoughtMarks() {
		if i := strings.Index(text, marks[0]); i >= 0 {
			first = min(first, i)
		}
	}
	for _, marks := range thoughtMarks() {
		if i := strings.Index(text, marks[1]); i >= 0 && i < first {
			ended = max(ended, i+len(marks[1]))
		}
	}
	if ended > 0 {
		text = text[ended:]
	}
	var b strings.Builder
	f := thoughtFilter{write: func(s string) { b.WriteString(s) }}
	f.add(text)
	f.flush()
	return strings.TrimSpace(b.String())
}

// thoughtFilter passes on a stream of text without the thoughts in it. It
// delays text that could be the beginning of a mark.
type thoughtFilter struct {
	write func(string)
	held  string
	end   string // of the thought that is open; "" outside of one
}

func (f *thoughtFilter) add(piece string) {
	f.held += piece
	for {
		at, mark := f.next()
		if at < 0 {
			break
		}
		before := f.held[:at]
		f.held = f.held[at+len(mark[0]):]
		if f.end != "" {
			f.end = ""
			continue
		}
		f.pass(before)
		f.end = mark[1]
	}
	keep := f.maybeMark()
	f.pass(f.held[:len(f.held)-keep])
	f.held = f.held[len(f.held)-keep:]
}

// next is where the next mark stands in what is held, with the mark and, of one
// that begins a thought, the mark that ends it; -1 without one.
func (f *thoughtFilter) next() (at int, mark [2]string) {
	if f.end != "" {
		return strings.Index(f.held, f.end), [2]string{f.end}
	}
	at = -1
	for _, marks := range thoughtMarks() {
		if i := strings.Index(f.held, marks[0]); i >= 0 && (at < 0 || i < at) {
			at, mark = i, marks
		}
	}
	return at, mark
}

// flush passes on what was held back, at the end of the stream.
func (f *thoughtFilter) flush() {
	f.pass(f.held)
	f.held = ""
}

func (f *thoughtFilter) pass(text string) {
	if text != "" && f.end == "" {
		f.write(text)
	}
}

// maybeMark returns the number of bytes at the end of held that may begin a
// mark.
func (f *thoughtFilter) maybeMark() int {
	if f.end != "" {
		return begins(f.held, f.end)
	}
	longest := 0
	for _, marks := range thoughtMarks() {
		longest = max(longest, begins(f.held, marks[0]))
	}
	return longest
}

// begins is how many bytes at the end of a text are the beginning of a mark.
func begins(text, mark string) int {
	for n := min(len(mark)-1, len(text)); n > 0; n-- {
		if strings.HasSuffix(text, mark[:n]) {
			return n
		}
	}
	return 0
}
