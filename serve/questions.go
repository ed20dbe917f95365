package serve

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval"
)

// The limits of the example questions of a collection. None is measured.
const (
	mostQuestions   = 4      // maximum number of questions; a first screen shows four without scrolling
	documentsRead   = 50     // maximum number of documents whose headings are read
	charactersRead  = 20_000 // maximum number of runes that are read of each document
	longestQuestion = 120    // in runes; a longer question cannot be read at a glance
)

// Questions returns up to four questions that a reader may begin with: those
// that a person wrote down for the collection (Config.Questions) or, if there
// are none, questions that documents ask in their own headings, as pages of
// frequent questions do. The text below such a heading answers it. The result
// is empty if there is neither.
func (s *Scope) Questions(ctx context.Context, collection string) ([]string, error) {
	c, err := s.collection(ctx, collection)
	if err != nil {
		return nil, explain(ctx, err)
	}
	out := &questionList{texts: []string{}}
	if ask := s.service.cfg.Questions; ask != nil {
		written, err := ask(s.grant.tenant, collection)
		if err != nil {
			return nil, explain(ctx, err)
		}
		for _, q := range written {
			out.add(q)
		}
	}
	if len(out.texts) == 0 {
		err = out.fromDocuments(ctx, c)
	}
	return out.texts, explain(ctx, err)
}

// questionList collects questions, each once.
type questionList struct{ texts []string }

func (l *questionList) full() bool { return len(l.texts) == mostQuestions }

func (l *questionList) add(q string) {
	q = strings.TrimSpace(q)
	if l.full() || q == "" || utf8.RuneCountInString(q) > longestQuestion {
		return
	}
	for _, have := range l.texts {
		if have == q {
			return
		}
	}
	l.texts = append(l.texts, q)
}

// fromDocuments adds the questions in the headings of the first documents.
func (l *questionList) fromDocuments(ctx context.Context, c Collection) error {
	docs, err := c.Documents(ctx)
	if err != nil {
		return err
	}
	for _, d := range docs[:min(len(docs), documentsRead)] {
		if l.full() {
			return nil
		}
		text, err := c.Text(ctx, d.ID, d.Source)
		if err != nil {
			return err
		}
		for _, q := range asked(text) {
			l.add(q)
		}
	}
	return nil
}

// headings matches a line that is a heading or a numbered question of a page of
// frequent questions, and that asks something.
var headings = regexp.MustCompile(`^(?:#{1,6}[ \t]+|(?:Q|질문|문)[ \t]*\d*[.:)][ \t]*)(?:\d+[.)][ \t]*)?(\S.*[?？])[ \t]*#*$`)

// asked returns the questions in the headings of a text.
func asked(text string) []string {
	var out []string
	for line := range strings.Lines(beginning(text, charactersRead)) {
		if m := headings.FindStringSubmatch(strings.TrimSpace(line)); m != nil {
			out = append(out, m[1])
		}
	}
	return out
}

// beginning returns the first runes of a text.
func beginning(text string, runes int) string {
	for i := range text {
		if runes == 0 {
			return text[:i]
		}
		runes--
	}
	return text
}

// Root returns the folder that holds all documents whose source is a path, with
// the slash at its end. It is empty if there is none. Sources with a scheme,
// such as https://example.org/a or upload:a.md, do not count.
func Root(docs []retrieval.DocumentInfo) string {
	root, first := "", true
	for _, d := range docs {
		if hasScheme(d.Source) {
			continue
		}
		folder := d.Source[:strings.LastIndex(d.Source, "/")+1]
		if first {
			root, first = folder, false
			continue
		}
		for !strings.HasPrefix(folder, root) {
			root = root[:strings.LastIndex(strings.TrimSuffix(root, "/"), "/")+1]
		}
	}
	return root
}

// schemes matches the beginning of a source that is not a path. A single letter
// is a drive of Windows.
var schemes = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]+:`)

func hasScheme(source string) bool { return schemes.MatchString(source) }
