package claim

import (
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Subjects holds names of a question: those that many of the found documents
// contain, and those that are the subject of a document. The zero value holds
// none.
type Subjects struct {
	common text.Set // folded names that several documents contain
	titled []string // names that are subjects of documents, by their titles; also names in Hangul
}

// commonAmong is the number of documents from which a name in them is common.
// Not measured.
const commonAmong = 3

// SubjectsOf returns the names of a question that are common in the found
// passages, and the names that titles show to be subjects of documents.
//
// A name that three documents hold, such as the company's in its own documents,
// may be absent from a passage. Its absence does not show that the passage is
// about something else.
//
// If a title shows that a name is the subject of a document, a cited passage
// must contain the name. Otherwise the answer is about something else. This
// does not hold for a name that is common, too.
func SubjectsOf(question string, found []retrieval.Passage) Subjects {
	holders := map[string]map[string]bool{} // documents by folded name
	for _, name := range text.MarkedNames(question) {
		holders[text.Fold(name)] = map[string]bool{}
	}
	titled := slices.DeleteFunc(titleSubjects(found), func(name string) bool { return !mentions(question, name) })
	about := make([]map[string]bool, len(titled)) // documents that contain the name, for each of titled
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

// titleSubjects returns the subjects of documents by their titles, each once
// and sorted. A subject is a title of one word, or the first word of a title if
// another title differs from it only in that word ("Bristol Office", "Rotterdam
// Office"). The first word of any other title is often not a name.
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

// splitTitle splits a document's title into its first word, if that can be a
// name, and the rest. A Hangul name has at least two syllables; a Latin one is
// written like a name. The first line of a document without a title serves as
// its title, unless it is a sentence.
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
// followed by a particle without a space. A name in Latin script must be marked
// as a name.
func mentions(s, name string) bool {
	if !unicode.Is(unicode.Hangul, []rune(name)[0]) {
		return slices.Contains(text.Names(s), name)
	}
	return slices.ContainsFunc(text.Words(s), func(w string) bool { return strings.HasPrefix(w, name) })
}
