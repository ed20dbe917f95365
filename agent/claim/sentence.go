package claim

import (
	"cmp"
	"slices"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Draft is the text of a model, split into sentences.
type Draft struct {
	Text      string // as the model wrote it
	Sentences []Sentence
	NotFound  bool // the model says that the passages hold no answer
}

// Sentence is one sentence of a draft, without its citation marks.
type Sentence struct {
	Text string
	// Value is the short answer if Text is a question with a short answer after
	// it, such as "When was it built? 1931". The final answer then shows only
	// Value. If Value is empty, the final answer shows Text.
	Value    string
	Passages []int  // indices of the passages that the sentence cites; never out of range
	Subquery string // the sub-question that the sentence answers; empty if none
}

// Answered returns a sentence made of a sub-question and its answer, such as
// "the lead of the Harbour team: Ana Ruiz".
func Answered(subquery, value string, passage int) Sentence {
	return Sentence{Text: subquery + ": " + value, Passages: []int{passage}, Subquery: subquery}
}

// Shown returns the part of the sentence that the final answer shows.
func (s Sentence) Shown() string { return cmp.Or(s.Value, s.Text) }

// Citing returns the sentence with one more citation.
func (s Sentence) Citing(passage int) Sentence {
	s.Passages = append(slices.Clone(s.Passages), passage)
	return s
}

// Sources holds the passages and names that claims are checked against.
type Sources struct {
	Passages []retrieval.Passage // sentences cite them by index
	Subjects Subjects            // names in the question that the claims answer
	Without  []Rule              // rules to leave out, to measure their effect
}

// applies reports whether a rule is in use.
func (in Sources) applies(r Rule) bool { return !slices.Contains(in.Without, r) }

// isCommon reports whether a sentence stands even if the cited passages lack
// this name of the question, because many documents hold it (RuleCommon). The
// name is folded by text.Fold.
func (in Sources) isCommon(name string) bool {
	return in.Subjects.common[name] && in.applies(RuleCommon)
}

// cited returns the searchable texts of the passages that a sentence cites.
func (in Sources) cited(s Sentence) []string {
	out := make([]string, len(s.Passages))
	for i, n := range s.Passages {
		out[i] = in.Passages[n].Searchable()
	}
	return out
}

// Parse splits the text of a model, without what models write around an answer
// (Normalize), into sentences and reads their citation marks. It ignores a mark
// with the number of a passage that does not exist. If the mark of a sentence is
// missing or wrong, Parse corrects the citation (attribute).
func Parse(written string, in Sources) Draft {
	d := Draft{Text: written}
	for line := range strings.Lines(attachMarks(Normalize(written))) { // models do not break lines within a sentence
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

// NotFound reports whether a sentence says that the passages hold no answer.
// The prompts ask the model to say so with the words NOT FOUND.
func NotFound(sentence string) bool {
	return strings.Contains(strings.ToUpper(sentence), "NOT FOUND")
}
