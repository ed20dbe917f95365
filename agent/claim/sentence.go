package claim

import (
	"cmp"
	"slices"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Draft is what a model wrote, split into sentences.
type Draft struct {
	Text      string // as the model wrote it
	Sentences []Sentence
	NotFound  bool // the model says that the passages do not tell
}

// Sentence is one sentence of a draft, without its citation marks.
type Sentence struct {
	Text string
	// Value is what an answer shows of it, where the text is a question with
	// an answer in a few words; empty: the text.
	Value    string
	Passages []int  // the passages that it cites, as indices; never out of range
	Subquery string // what the sentence gives the answer to, in the question's words; empty: none
}

// Answered is the sentence that gives a sub-question its answer: "the lead of
// the Harbour team: Ana Ruiz".
func Answered(subquery, value string, passage int) Sentence {
	return Sentence{Text: subquery + ": " + value, Passages: []int{passage}, Subquery: subquery}
}

// Shown is what an answer shows of the sentence.
func (s Sentence) Shown() string { return cmp.Or(s.Value, s.Text) }

// Citing is the sentence with one more passage cited.
func (s Sentence) Citing(passage int) Sentence {
	s.Passages = append(slices.Clone(s.Passages), passage)
	return s
}

// Sources are what claims are held to.
type Sources struct {
	Passages []retrieval.Passage // sentences cite them by index
	Subjects Subjects            // of the question that the claims answer
	Without  []Rule              // rules that are left out, to find out what they are worth
}

// applies reports whether a rule is not left out.
func (in Sources) applies(r Rule) bool { return !slices.Contains(in.Without, r) }

// isCommon reports whether a folded name of the question may be missing.
func (in Sources) isCommon(name string) bool {
	return in.Subjects.common[name] && in.applies(RuleCommon)
}

// cited are the passages that a sentence cites, as they are searched.
func (in Sources) cited(s Sentence) []string {
	out := make([]string, len(s.Passages))
	for i, n := range s.Passages {
		out[i] = in.Passages[n].Searchable()
	}
	return out
}

// Parse splits what a model wrote into sentences and reads their citation
// marks. Numbers that point at no passage are dropped. Where the mark is
// missing or code sees that it is wrong, the sentence gets another citation, as
// attribute does.
func Parse(written string, in Sources) Draft {
	d := Draft{Text: written}
	for line := range strings.Lines(attachMarks(written)) { // a model ends no line within a sentence
		runes := []rune(line)
		for _, span := range text.TrimmedSentences(runes) {
			s := parseSentence(string(runes[span.Start:span.End]), len(in.Passages))
			switch {
			case NotFound(s.Text):
				d.NotFound = true
			case len(text.Keywords(s.Text)) > 0:
				d.Sentences = append(d.Sentences, attribute(s, in))
			}
		}
	}
	return d
}

// NotFound reports whether a sentence is the model's way to say that the
// passages do not tell, which the prompts ask it to write in these words.
func NotFound(sentence string) bool {
	return strings.Contains(strings.ToUpper(sentence), "NOT FOUND")
}
