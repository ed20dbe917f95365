package call

import "strings"

// Models that reason may write what they think between these marks, before
// the answer. None of it belongs in an answer, a grade or a query.
const (
	thoughtBegin = "<think>"
	thoughtEnd   = "</think>"
)

// withoutThoughts cuts the thoughts out of a text. A thought without an end is
// all thought; an end without a beginning, as templates that open the thought
// themselves leave it, ends one.
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

// thoughtFilter passes a stream of text on without its thoughts. What could be
// the beginning of a mark is held back until it is known.
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

// flush passes on what was held back, at the end of the stream.
func (f *thoughtFilter) flush() {
	f.pass(f.held)
	f.held = ""
}

func (f *thoughtFilter) pass(text string) {
	if text != "" && !f.thinking {
		f.write(text)
	}
}

// maybeMark is how many bytes at the end of held may begin a mark.
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
