package evidence

import (
	"cmp"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// document is what the candidates of one document reveal about its subject and
// its dates.
type document struct {
	key   string  // its id, or its source if it has none
	title string  // as it is written
	work  string  // the title without years and brackets; editions share it
	words wordSet // words of work, without those that only name a kind of document
	dirs  wordSet // words of its folders or its host
	// series is the path without the year in the file name; empty if there is
	// no year.
	series string
	named  text.Date // the year in the file name
	from   text.Date
	by     string // the source of from: "title" (or the file name) or "document"; empty without from
	issued text.Date
	edited text.Date   // the date in its metadata
	names  []text.Date // dates in its first lines, except those that end something or that it replaces
	// replaces are the dates of what the document says it replaces.
	replaces []text.Date
}

var (
	brackets   = regexp.MustCompile(`[(（\[][^)）\]]*[)）\]]`)
	yearInName = regexp.MustCompile(`(?:^|\D)((?:19|20)\d\d)(?:\D|$)`)
	space      = regexp.MustCompile(`\s+`)
	// kindsOfDocument holds words that say nothing about a subject.
	kindsOfDocument = text.SetOf(`policy policies rule rules guide handbook page faq note notes information document edition version overview
		안내 규정 기준 운영 정책 지침 문서 개정 질문 공지`)
	// archives holds words for folders of old and new editions.
	archives = text.SetOf(`old archive archived archives previous backup copy draft drafts new current latest http https www`)

	inForce  = regexp.MustCompile(`(?i)\bin force\b|\bappl(?:y|ies|icable)\b|\beffective\b|\bvalid\b|\btakes? effect\b|시행|적용|효력`)
	replaces = regexp.MustCompile(`(?i)\breplac(?:es?|ing)\b|\bsupersed(?:es?|ing)\b|대신|대체|갈음`)
	issue    = regexp.MustCompile(`(?i)\b(?:issued|published|updated|reviewed|changed|as of|agreed)\b|공지|제정|작성|수정|고친|고쳤|정한 날|기준일`)
)

// firstLines is the number of runes at the beginning of a document in which it
// says what it is and from when it holds. Not measured.
const firstLines = 600

// metadataDates are the metadata keys that say from when a document holds, the
// most reliable first. Files have only retrieval.Modified; documents ingested
// as JSON lines may have any.
var metadataDates = []string{"effective", "effective_date", "effective_from", "valid_from", "date", "published", "issued", "updated", "created", "created_at", "시행일", "날짜", retrieval.Modified}

// documentsOf returns the documents of all candidates by documentKey.
func documentsOf(in Input) map[string]*document {
	all := map[string]*document{}
	for _, list := range [][]retrieval.Passage{in.Passages, in.Rest} {
		for _, p := range list {
			key := documentKey(p.Document, p.Source, p.ID)
			d := all[key]
			if d == nil {
				d = &document{key: key, dirs: dirsOf(p.Source)}
				d.edited = editedOf(p.Metadata)
				d.readSource(p.Source)
				all[key] = d
			}
			if d.title == "" {
				d.title = p.TitleOrFirstLine()
			}
			if p.Start < firstLines {
				d.read(p.Text)
			}
		}
	}
	for _, d := range all {
		d.readTitle()
	}
	return all
}

func documentKey(document, source, passage string) string {
	return cmp.Or(document, source, passage)
}

// read reads the dates from a part of a document's first lines.
func (d *document) read(s string) {
	runes := []rune(s)
	for _, at := range text.TrimmedSentences(runes[:min(len(runes), firstLines)]) {
		for line := range strings.Lines(string(runes[at.Start:at.End])) {
			dates := text.Dates(line)
			if len(dates) == 0 {
				continue
			}
			isReplacing, isInForce, isIssue := replaces.MatchString(line), inForce.MatchString(line), issue.MatchString(line)
			for _, date := range dates {
				switch {
				case isReplacing && date.Bound == text.NoBound:
					d.replaces = append(d.replaces, date.Date)
				case date.Bound == text.NoBound || date.Bound == text.From:
					d.names = append(d.names, date.Date)
				}
				if isInForce && d.by == "" && (date.Bound == text.From || date.Bound == text.NoBound && !isReplacing) {
					d.from, d.by = date.Date, "document"
				}
				if isIssue && date.Bound == text.NoBound && !isReplacing && date.First() > d.issued.First() {
					d.issued = date.Date
				}
			}
		}
	}
}

// readTitle reads from the title what the document is an edition of. It also
// reads from when the document holds, unless the first lines give a more exact
// date.
func (d *document) readTitle() {
	dates := text.Dates(d.title)
	d.work = text.Normalise(withoutDates(brackets.ReplaceAllString(d.title, "")))
	d.words = wordSet{}
	for w := range wordsOf(withoutKinds(d.work)) {
		d.words[w] = true
	}
	if len(dates) == 0 {
		if d.by == "" && !d.named.IsZero() {
			d.from, d.by = d.named, "title"
		}
		return
	}
	titled := dates[len(dates)-1].Date
	if d.by == "" || d.from.Year < titled.Year-1 || d.from.Year > titled.Year+1 {
		d.from, d.by = titled, "title"
	}
}

// readSource reads the year from a file name such as "on-call-2023.txt".
func (d *document) readSource(source string) {
	name := strings.TrimSuffix(path.Base(source), path.Ext(source))
	at := yearInName.FindStringSubmatchIndex(name)
	if at == nil {
		return
	}
	d.named.Year, _ = strconv.Atoi(name[at[2]:at[3]]) // four digits
	if rest := strings.Trim(name[:at[2]]+name[at[3]:], "-_ .()"); rest != "" {
		d.series = path.Dir(source) + "/" + strings.ToLower(rest)
	}
}

// withoutDates returns a text without its dates and the words that bound them.
func withoutDates(s string) string {
	dates := text.Dates(s)
	for i := len(dates) - 1; i >= 0; i-- {
		s = s[:min(dates[i].Start, len(s))] + " " + s[min(dates[i].End, len(s)):]
	}
	return s
}

func withoutKinds(s string) string {
	return strings.Join(slices.DeleteFunc(strings.Fields(s), func(w string) bool { return kindsOfDocument[w] }), " ")
}

// dirsOf returns the words of the folders of a source, without years and names
// of archives.
func dirsOf(source string) wordSet {
	out := wordSet{}
	for w := range wordsOf(path.Dir(strings.ReplaceAll(source, `\`, "/"))) {
		if strings.Trim(w, "0123456789") != "" && !archives[w] {
			out[w] = true
		}
	}
	return out
}

// editedOf returns the date in a passage's metadata.
func editedOf(metadata map[string]any) text.Date {
	for _, key := range metadataDates {
		if s, ok := metadata[key].(string); ok {
			if dates := text.Dates(s[:min(len(s), 40)]); len(dates) > 0 {
				return dates[0].Date
			}
		}
	}
	return text.Date{}
}
