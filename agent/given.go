package agent

import (
	"slices"
	"strings"
	"unicode"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// givenNames are names that a question gives, by what the documents found tell
// of them.
type givenNames struct {
	common map[string]bool // folded; they tell no document apart
	titled []string        // documents' titles tell them, in Hangul, too
}

// commonAmong is how many documents must hold a name that is common.
const commonAmong = 3

// givenIn finds the names of a question among the documents found. Common are
// those that several hold, as a company's documents do the company's. A document
// need not name it again in each passage: that a claim does, with the question,
// is no sign that the passage tells of something else. What a document is about by
// its title is one, too: an answer about it from a passage that does not name it
// is about something else, unless the name is as common.
func givenIn(question string, found []retrieval.Passage) givenNames {
	holders := map[string]map[string]bool{} // of folded names, by document
	for _, n := range text.MarkedNames(question) {
		holders[text.Fold(n)] = map[string]bool{}
	}
	titled := slices.DeleteFunc(subjects(found), func(name string) bool { return !mentions(question, name) })
	about := make([]map[string]bool, len(titled)) // the same of titled
	for i := range titled {
		about[i] = map[string]bool{}
	}
	for _, p := range found {
		searchable := p.Searchable()
		if len(holders) > 0 {
			for _, w := range text.Words(text.Fold(searchable)) {
				if of, asked := holders[w]; asked {
					of[p.Document] = true
				}
			}
		}
		for i, name := range titled {
			if strings.Contains(searchable, name) {
				about[i][p.Document] = true
			}
		}
	}
	given := givenNames{common: map[string]bool{}}
	for name, of := range holders {
		if len(of) >= commonAmong {
			given.common[name] = true
		}
	}
	for i, name := range titled {
		if len(about[i]) < commonAmong {
			given.titled = append(given.titled, name)
		}
	}
	return given
}

// subjects are what documents are about by their titles, each once: a title of
// one word, or the first word of one that another shares but for that word
// ("Bristol Office", "Rotterdam Office"). Alone, a first word is as often no name.
func subjects(found []retrieval.Passage) []string {
	firsts := map[string][]string{} // by the rest of the title
	for _, p := range found {
		first, rest := parted(p)
		if first != "" && !slices.Contains(firsts[rest], first) {
			firsts[rest] = append(firsts[rest], first)
		}
	}
	var out []string
	for rest, of := range firsts {
		if rest == "" || len(of) > 1 {
			out = append(out, of...)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// parted is the title of a document as its first word, if that may be a name, and
// the others. Names are of two syllables or more in Hangul, or in Latin script as
// names has them. Of a document without a title it is the first line that tells,
// unless that is a sentence.
func parted(p retrieval.Passage) (first, rest string) {
	title := p.Title
	if line, _, more := strings.Cut(p.Text, "\n"); title == "" && p.Start == 0 && more && !strings.HasSuffix(strings.TrimSpace(line), ".") {
		title = line
	}
	of := text.Words(title)
	if len(of) == 0 || len([]rune(of[0])) < 2 {
		return "", ""
	}
	if unicode.Is(unicode.Hangul, []rune(of[0])[0]) || text.IsMarkedName(of[0]) {
		return of[0], strings.Join(of[1:], " ")
	}
	return "", ""
}

// mentions tells whether a text has a name. A particle follows a Korean one
// without a space; one in Latin script must be marked as a name.
func mentions(in, name string) bool {
	if !unicode.Is(unicode.Hangul, []rune(name)[0]) {
		return slices.Contains(text.Names(in), name)
	}
	return slices.ContainsFunc(text.Words(in), func(w string) bool { return strings.HasPrefix(w, name) })
}
