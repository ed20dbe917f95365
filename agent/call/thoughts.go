package call

import "strings"

// Reasoning models may write their thoughts between these marks before the
// answer. Thoughts do not belong in an answer, a grade or a query.
const (
	thoughtBegin = "<think>"
	thoughtEnd   = "</think>"
)

// withoutThoughts removes the thoughts from a text. If a thought has no end
// mark, everything after its begin mark is removed. If an end mark has no begin
// mark, everything before it is removed, because some chat templates write the
// begin mark themselves.
func withoutThoughts(text string) string {
	if before, after, ok := strings.Cut(text, thoughtEnd); ok && !strings.Contains(before, thoughtBegin) {
		text = after
	}
	for {
		before, rest, ok := strings.Cut(text, thoughtBegin)
		if !ok {
			return strings.TrimSpace(text)
		}
		_, after, _ := strings.Cut(rest, thoughtEnd)
		text = before + after
	}
}

// thoughtFilter passes on a stream of text without the thoughts in it. It
// delays text that could be the beginning of a mark.
type thoughtFilter struct {
	write    func(string)
	held     string
	thinking bool
}

func (f *thoughtFilter) add(piece string) {
	f.held += piece
	for {
		mark := thoughtBegin
		if f.thinking {
			mark = thoughtEnd
		}
		before, after, found := strings.Cut(f.held, mark)
		if !found {
			break
		}
		f.pass(before)
		f.held, f.thinking = after, !f.thinking
	}
	keep := f.maybeMark()
	f.pass(f.held[:len(f.held)-keep])
	f.held = f.held[len(f.held)-keep:]
}

// flush passes on the delayed text at the end of the stream.
func (f *thoughtFilter) flush() {
	f.pass(f.held)
	f.held = ""
}

func (f *thoughtFilter) pass(text string) {
	if text != "" && !f.thinking {
		f.write(text)
	}
}

// maybeMark returns the number of bytes at the end of held that may begin a
// mark.
func (f *thoughtFilter) maybeMark() int {
	mark := thoughtBegin
	if f.thinking {
		mark = thoughtEnd
	}
	for n := min(len(mark)-1, len(f.held)); n > 0; n-- {
		if strings.HasSuffix(f.held, mark[:n]) {
			return n
		}
	}
	return 0
}
