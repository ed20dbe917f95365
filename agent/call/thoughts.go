package call

import "strings"

// thoughtMarks returns the marks between which reasoning models write their
// thoughts before the answer. A server that does not know the model leaves them
// in the text. Thoughts do not belong in an answer, a grade or a query.
func thoughtMarks() [][2]string {
	return [][2]string{
		{"<think>", "</think>"}, {"<thinking>", "</thinking>"}, {"<thought>", "</thought>"}, {"<reasoning>", "</reasoning>"},
		{"<seed:think>", "</seed:think>"}, {"[THINK]", "[/THINK]"}, {"◁think▷", "◁/think▷"},
		{"<|START_THINKING|>", "<|END_THINKING|>"}, {"<|begin_of_thought|>", "<|end_of_thought|>"},
		{"<|channel|>analysis", "<|channel|>final<|message|>"}, {"<|channel|>commentary", "<|channel|>final<|message|>"},
	}
}

// withoutThoughts removes the thoughts from a text. If a thought has no end
// mark, everything after its begin mark is removed. If an end mark has no begin
// mark, everything before it is removed, because some chat templates write the
// begin mark themselves.
func withoutThoughts(text string) string {
	first, ended := len(text), -1 // where the first begin mark begins, and where an end mark before it ends
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
	end   string // end mark of the open thought; "" outside a thought
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

// next returns the position of the next mark in held and the mark itself. For a
// begin mark it also returns the matching end mark. The position is -1 if there is
// no mark.
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

// flush passes on the delayed text at the end of the stream.
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

// begins returns the number of bytes at the end of a text that begin a mark.
func begins(text, mark string) int {
	for n := min(len(mark)-1, len(text)); n > 0; n-- {
		if strings.HasSuffix(text, mark[:n]) {
			return n
		}
	}
	return 0
}
