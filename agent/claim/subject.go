package claim

import (
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Subjects are the names that a question gives, as far as the documents found
// show what they stand for. The zero value knows none.
type Subjects struct {
	common text.Set // folded names that several documents hold
	titled []string // what documents are about by their titles, in Hangul, too
}

// commonAmong is how many documents must hold a name for it to be common. Not
// measured.
const commonAmong = 3

// SubjectsOf finds the names of a question among the passages found.
//
// A name that three documents hold, as a company's documents hold the company's,
// may be absent from a passage: its absence does not show that the passage is
// about something else.
//
// A name that the title of a document says it is about must be there, unless it
// is as common: an answer about it from a passage that does not name it is about
// something else.
func SubjectsOf(question string, found []retrieval.Passage) Subjects {
	holders := map[string]map[string]bool{} // of folded names: the documents
	for _, name := range text.MarkedNames(question) {
		holders[text.Fold(name)] = map[string]bool{}
	}
	titled := slices.DeleteFunc(titleSubjects(found), func(name string) bool { return !mentions(question, name) })
	about := make([]map[string]bool, len(titled)) // of titled: the documents
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

// titleSubjects are what documents are about by their titles, each once and
// sorted: a title of one word, or the first word of one that another document
// shares but for that word ("Bristol Office", "Rotterdam Office"). Alone, a
// first word is as often no name.
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
// name, and the rest. A name is of two syllables or more in Hangul, or is
// written as one in Latin script. A document without a title has its first line
// for one, unless that is a sentence.
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

// mentions reports whether a text has a name. A particle follows a Korean one
// without a space; one in Latin script must be marked as a name.
func mentions(s, name string) bool {
	if !unicode.Is(unicode.Hangul, []rune(name)[0]) {
		return slices.Contains(text.Names(s), name)
	}
	return slices.ContainsFunc(text.Words(s), func(w string) bool { return strings.HasPrefix(w, name) })
}
