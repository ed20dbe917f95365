package unigram

import (
	"iter"
	"slices"
	"unicode"
)

// splitterFile is the description in tokenizer.json of how text is split into
// words.
type splitterFile struct {
	Type        string         `json:"type"`
	Parts       []splitterFile `json:"pretokenizers"`
	Replacement string         `json:"replacement"`
	Prepend     string         `json:"prepend_scheme"`
	PrefixSpace *bool          `json:"add_prefix_space"`
	Split       *bool          `json:"split"`
}

// splitterOf returns the splitter that a tokenizer.json describes, if it is
// known: words with a mark before each, alone or after a split at white space.
func splitterOf(asked splitterFile) (split func([]mapped) iter.Seq[[]mapped], ok bool) {
	switch {
	case asked.isMetaspace():
		return words, true
	case asked.Type == "Sequence" && len(asked.Parts) == 2 && asked.Parts[0].Type == "WhitespaceSplit" && asked.Parts[1].isMetaspace():
		return fields, true
	}
	return nil, false
}

// isMetaspace reports whether words are split at spaces, each with a mark
// before it, including the first.
func (s splitterFile) isMetaspace() bool {
	return s.Type == "Metaspace" && s.Replacement == string(space) && (s.Prepend == "always" || s.Prepend == "") &&
		(s.PrefixSpace == nil || *s.PrefixSpace) && (s.Split == nil || *s.Split)
}

// words splits a normal form before each space and replaces the space with the
// mark. If the first word has no mark, it gets one at the position of its first
// character.
func words(text []mapped) iter.Seq[[]mapped] {
	return func(yield func([]mapped) bool) {
		if len(text) == 0 {
			return
		}
		if first := text[0]; first.char != ' ' && first.char != space {
			text = slices.Concat([]mapped{{space, first.start, first.end}}, text)
		}
		begin := 0
		for i := range text {
			if text[i].char == ' ' {
				text[i].char = space
			}
			if i == begin || text[i].char != space {
				continue
			}
			if !yield(text[begin:i]) {
				return
			}
			begin = i
		}
		yield(text[begin:])
	}
}

// fields first splits at white space, which it drops, and then splits each part
// as words does.
func fields(text []mapped) iter.Seq[[]mapped] {
	return func(yield func([]mapped) bool) {
		for len(text) > 0 {
			end := slices.IndexFunc(text, func(m mapped) bool { return unicode.Is(unicode.White_Space, m.char) })
			if end < 0 {
				end = len(text)
			}
			for word := range words(text[:end]) {
				if !yield(word) {
					return
				}
			}
			text = text[min(end+1, len(text)):]
		}
	}
}
