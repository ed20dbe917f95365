package reading

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// document is a found document, with its found passages and its sections.
type document struct {
	id, source string
	title      string
	found      []retrieval.Passage // found passages of the document, best first
	places     []int               // places[i] is the rank of found[i] among the found passages of all documents, from 0
	named      float64             // share, in [0,1], of the words of the document's name that the question contains
	work       string              // name of the document without the year of its edition
	year       int                 // year of its edition; 0 if unknown
	subject    int                 // equal for the editions of one subject
	sections   []section
	more       bool // the document is longer than the part that was looked at
}

// documentsOf groups the found passages by document, best first.
func documentsOf(in Input) []*document {
	var out []*document
	of := map[[2]string]*document{}
	for i, p := range slices.Concat(in.Found.Passages, in.Found.Rest) {
		key := [2]string{p.Document, p.Source}
		d := of[key]
		if d == nil {
			d = &document{id: p.Document, source: p.Source}
			of[key] = d
			out = append(out, d)
		}
		d.found, d.places = append(d.found, p), append(d.places, i)
		d.title = cmp.Or(d.title, p.TitleOrFirstLine())
	}
	names := make([]text.Set, 0, 2*len(out))
	for _, d := range out {
		d.work, d.year = text.Edition(d.title)
		file, year := text.Edition(withoutExtension(d.source))
		d.work, d.year = cmp.Or(d.work, file), cmp.Or(d.year, year)
		names = append(names, text.Keywords(d.work), text.Keywords(file))
	}
	asked := text.Keywords(in.Question)
	for i, d := range out {
		d.named = max(shareByRarity(names[2*i], asked, names), shareByRarity(names[2*i+1], asked, names))
	}
	return out
}

func withoutExtension(source string) string {
	base := path.Base(strings.ReplaceAll(source, `\`, "/"))
	return strings.TrimSuffix(base, path.Ext(base))
}

// shareByRarity returns the share of a name's words that a question contains. A
// word weighs more if fewer names contain it. In "Seoul office", for example,
// Seoul weighs more than office.
func shareByRarity(name, question text.Set, names []text.Set) float64 {
	all, held := 0.0, 0.0
	for _, w := range slices.Sorted(maps.Keys(name)) {
		if text.IsFunctionWord(w) {
			continue
		}
		n := 0
		for _, other := range names {
			if other[w] {
				n++
			}
		}
		weight := math.Log(1 + float64(len(names))/float64(n))
		all += weight
		if question[w] {
			held += weight
		}
	}
	if all == 0 {
		return 0
	}
	return held / all
}

// around returns the part of the document that begins reach runes before its
// found passages and ends reach runes after them.
func (d *document) around(reach int) (from, to int) {
	from, to = d.found[0].Start, d.found[0].End
	for _, p := range d.found[1:] {
		// Leave out a passage that is far from the best passage, because all
		// text between them would be read, too.
		if p.Start < to+reach && p.End > from-reach {
			from, to = min(from, p.Start), max(to, p.End)
		}
	}
	return max(0, from-reach), to + reach
}

// cut sets the sections of the document. The passages cover the document or a
// part of it.
func (d *document) cut(passages []retrieval.Passage) {
	d.sections = nil
	windows := windowsOf(passages)
	for i := range windows {
		w := &windows[i]
		if d.title == "" && w.start == 0 {
			d.title = w.passages[0].TitleOrFirstLine()
		}
		first := len(d.sections)
		whole := sectionsOf(w)
		place := make([]int, len(whole)) // index of each section in d.sections
		for j, s := range whole {
			place[j] = len(d.sections)
			if s.above >= 0 {
				s.above = place[s.above]
			}
			if first == 0 && s.above == 0 { // everything is below the document's title
				s.above = -1
			}
			for _, part := range s.parts() {
				for _, span := range w.spans(part.span) {
					part.tokens += text.Tokens(string(w.between(span)))
				}
				if part.tokens > 0 {
					d.sections = append(d.sections, part)
				}
			}
		}
	}
}

// longestTitle is the maximum length in runes of a first line that stands for a
// missing title. A longer line is a paragraph. Not measured.
const longestTitle = 80

// passages returns the sections to read (section.taken) as passages.
func (d *document) passages() []retrieval.Passage {
	var out []retrieval.Passage
	for _, s := range d.sections {
		if !s.taken {
			continue
		}
		for _, span := range s.window.spans(s.span) {
			p := s.window.holder(span)
			if p.Start != span.Start || p.End != span.End {
				p.ID = fmt.Sprintf("%s@%d", p.ID, span.Start)
			}
			p.Start, p.End, p.Text = span.Start, span.End, string(s.window.between(span))
			if p.Title == "" && utf8.RuneCountInString(d.title) <= longestTitle { // the first line of a plain text
				p.Title = d.title
			}
			p.Metadata = placed(p.Metadata, s)
			for _, f := range d.found { // take over the scores of a passage found there
				if f.Start < span.End && span.Start < f.End {
					p.Score, p.Dense, p.Lexical, p.Rerank = f.Score, f.Dense, f.Lexical, f.Rerank
					break
				}
			}
			out = append(out, p)
		}
	}
	return out
}

// placed returns the metadata of a passage with the headings of its section.
func placed(metadata map[string]any, s section) map[string]any {
	heading, _ := metadata[retrieval.Heading].(string)
	if s.path == "" || strings.HasSuffix(heading, s.heading) {
		return metadata
	}
	out := maps.Clone(metadata)
	if out == nil {
		out = map[string]any{}
	}
	out[retrieval.Heading] = s.path
	return out
}

// left returns the sections that did not fit, for a document that is read
// whole. In the other modes left returns no sections, because only some
// sections were to be read.
func (d *document) left(mode mode) (Left, bool) {
	out := Left{Source: d.source, Title: d.title, More: d.more && mode == whole}
	if mode == whole {
		for _, s := range d.sections {
			if !s.taken {
				out.Sections = append(out.Sections, s.named())
			}
		}
	}
	return out, out.More || len(out.Sections) > 0
}
