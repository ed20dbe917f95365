package evidence

import (
	"cmp"
	"slices"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// editions holds which documents are editions of each other, and which of them
// the question is about.
type editions struct {
	of   map[string]*document
	root map[string]string // the key shared by all editions of a document that has others
	old  map[string]bool   // another edition supersedes this document
}

// editionsOf groups documents whose titles or file names differ only in a date,
// and documents that name the date of the one that they replace.
func editionsOf(in Input) editions {
	e := editions{of: documentsOf(in), root: map[string]string{}, old: map[string]bool{}}
	byWork := map[string][]*document{}
	var all []*document
	for _, key := range sortedKeys(e.of) {
		d := e.of[key]
		all = append(all, d)
		if d.work != "" && d.by != "" {
			byWork[d.work] = append(byWork[d.work], d)
		}
	}
	for _, work := range sortedKeys(byWork) {
		list := byWork[work]
		if slices.ContainsFunc(list, func(d *document) bool { return len(text.Dates(d.title)) > 0 }) {
			for _, d := range list[1:] {
				e.join(list[0], d)
			}
		}
	}
	bySeries := map[string]*document{}
	for _, d := range all {
		if first := bySeries[d.series]; d.series != "" && first != nil {
			e.join(first, d)
		} else if d.series != "" {
			bySeries[d.series] = d
		}
	}
	for _, d := range all {
		if replaced := d.replaced(all); replaced != nil {
			e.join(d, replaced)
		}
	}
	groups := map[string][]*document{}
	for _, d := range all {
		if root := e.root[d.key]; root != "" {
			groups[root] = append(groups[root], d)
		} else if d.by == "" && !d.issued.IsZero() {
			d.from, d.by = d.issued, "document"
		}
	}
	asked := askedTime(in)
	for _, list := range groups {
		current := currentOf(list, asked, in.Question)
		for _, d := range list {
			e.old[d.key] = d.from.First() != current
		}
	}
	return e
}

// isOld reports whether another edition supersedes the document of a passage.
func (e editions) isOld(p retrieval.Passage) bool {
	return e.old[documentKey(p.Document, p.Source, p.ID)]
}

func (e editions) join(a, b *document) {
	ra, rb := cmp.Or(e.root[a.key], a.key), cmp.Or(e.root[b.key], b.key)
	e.root[a.key], e.root[b.key] = ra, ra
	for key, root := range e.root {
		if root == rb {
			e.root[key] = ra
		}
	}
}

// same reports whether two documents are editions of one work.
func (e editions) same(a, b *document) bool {
	return a != b && e.root[a.key] != "" && e.root[a.key] == e.root[b.key]
}

// replaced returns the document that d says it replaces: its first lines name
// that day, and, if it is in the same language, its title shares a word with
// d's. It returns nil if there is none or more than one.
func (d *document) replaced(all []*document) *document {
	var found []*document
	for _, other := range all {
		if other == d || other.by == "" || d.by == "" || other.from.First() >= d.from.First() {
			continue
		}
		foreign := text.Language(other.title) != text.Language(d.title)
		if !foreign && text.Share(d.words, other.words) == 0 {
			continue
		}
		for _, date := range d.replaces {
			if date.Day > 0 && (slices.Contains(other.names, date) || other.from == date) {
				found = append(found, other)
				break
			}
		}
	}
	if len(found) == 1 {
		return found[0]
	}
	return nil
}
