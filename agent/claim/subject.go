package claim

import (
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Subjects holds two kinds of names in a question: names that three or more of
// the found documents contain, and names that are the subject of a document.
// The zero value holds no names.
type Subjects struct {
	common text.Set // folded names that several documents contain
	titled []string // names, in Latin script or Hangul, that titles show to be subjects of documents
}

// commonAmong is the minimum number of documents that contain a common name.
// Not measured.
const commonAmong = 3

// SubjectsOf returns the names of a question that are common in the found
// passages, and the names that titles show to be subjects of documents.
//
// A name is common if three documents contain it, such as the name of the
// company that wrote them. A common name may be absent from a passage. Its
// absence does not show that the passage is about something else.
//
// If a title shows that a name is the subject of a document, a cited passage
// must contain the name. If no cited passage contains it, the answer is about
// something else. A common name is exempt, even if a title contains it.
func SubjectsOf(question string, found []retrieval.Passage) Subjects {
	holders := map[string]map[string]bool{} // documents that contain a name, by folded name
	for _, name := range text.MarkedNames(question) {
		holders[text.Fold(name)] = map[string]bool{}
	}
	titled := slices.DeleteFunc(titleSubjects(found), func(name string) bool { return !mentions(question, name) })
	about := make([]map[string]bool, len(titled)) // about[i]: documents that contain titled[i]
	for i := range titled {
		about[i] = map[string]bool{}
	}
	for _, p := range found {
		searchable := p.Searchable()
		if len(holders) > 0 {
			for _, w := range text.Words(text.Fold(searchable)) {
				if documents, asked := holders[w]; asked {
					documents[p.Document] = true
				}
			}
		}
		for i, name := range titled {
			if strings.Contains(searchable, name) {
				about[i][p.Document] = true
			}
		}
	}
	subjects := Subjects{common: text.Set{}}
	for name, documents := range holders {
		if len(documents) >= commonAmong {
			subjects.common[name] = true
		}
	}
	for i, name := range titled {
		if len(about[i]) < commonAmong {
			subjects.titled = append(subjects.titled, name)
		}
	}
	return subjects
}

// titleSubjects returns the subjects of documents, which it reads from their
// titles. It returns each subject once, sorted. A subject is a title of one
// word, or the first word of a title if another title differs from it only in
// that word ("Bristol Office", "Rotterdam Office"). The first word of any other
// title is often not a name.
func titleSubjects(found []retrieval.Passage) []string {
	firsts := map[string][]string{} // by the rest of the title
	for _, p := range found {
		first, rest := splitTitle(p)
		if first != "" && !slices.Contains(firsts[rest], first) {
			firsts[rest] = append(firsts[rest], first)
		}
	}
	var out []string
	for rest, names := range firsts {
		if rest == "" || len(names) > 1 {
			out = append(out, names...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// splitTitle splits a document's title into its first word and the rest. It
// returns two empty strings if the first word cannot be a name. A name in
// Hangul has at least two syllables. A name in Latin script is capitalised
// (text.IsMarkedName). If a document has no title, its first line is used,
// unless that line ends with a full stop.
func splitTitle(p retrieval.Passage) (first, rest string) {
	title := p.Title
	if line, _, more := strings.Cut(p.Text, "\n"); title == "" && p.Start == 0 && more && !strings.HasSuffix(strings.TrimSpace(line), ".") {
		title = line
	}
	words := text.Words(title)
	if len(words) == 0 || len([]rune(words[0])) < 2 {
		return "", ""
	}
	if unicode.Is(unicode.Hangul, []rune(words[0])[0]) || text.IsMarkedName(words[0]) {
		return words[0], strings.Join(words[1:], " ")
	}
	return "", ""
}

// mentions reports whether a text contains a name. A Korean name may be
// followed by a particle without a space. A name in Latin script must be
// spelled as a name (text.Names).
func mentions(s, name string) bool {
	if !unicode.Is(unicode.Hangul, []rune(name)[0]) {
		return slices.Contains(text.Names(s), name)
	}
	return slices.ContainsFunc(text.Words(s), func(w string) bool { return strings.HasPrefix(w, name) })
}
