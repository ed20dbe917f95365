package text

// kind is the kind of the runes in a run.
type kind int

const (
	other    kind = iota // spaces, punctuation, symbols: not part of any run
	mark                 // combining marks: part of the run before them
	word                 // letters and digits of scripts with words
	syllabic             // scripts that are written without spaces between words
)

// runs yields the runs of a text in order. A run consists of neighbouring runes
// of one kind, as kindOf returns it. Runes of the kind other belong to no run.
func runs(s string, kindOf func(rune) kind, yield func(run string, k kind) bool) {
	begin, current := 0, other
	for i, r := range s {
		k := kindOf(r)
		if k == mark {
			k = current
		}
		if k == current {
			continue
		}
		if current != other && !yield(s[begin:i], current) {
			return
		}
		begin, current = i, k
	}
	if current != other {
		yield(s[begin:], current)
	}
}
