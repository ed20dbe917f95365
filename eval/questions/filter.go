package questions

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// Reason says why a question was left out.
type Reason string

// The reasons.
const (
	Unwritten   Reason = "unwritten"   // no question was written, or code refused its form
	OtherLimit  Reason = "other limit" // the question, written by a model, leaves out that the answer is a limit or is counted from something
	TellsAnswer Reason = "tells"       // the question contains the answer
	CopiesText  Reason = "copies"      // the question, written by a model, repeats the words of the sentence
	OtherKind   Reason = "other kind"  // the question asks for another kind of thing than the answer is
	NotInGold   Reason = "not in gold" // evidence does not find the answer in the gold passage
	Elsewhere   Reason = "elsewhere"   // another place also answers the question
	Duplicate   Reason = "duplicate"   // nearly the same question exists already
	Answered    Reason = "answered"    // the documents may answer a question that should be unanswerable
)

// Searcher searches the documents.
type Searcher interface {
	Search(ctx context.Context, question string) (retrieval.Result, error)
}

// Finder finds evidence. evidence.Finder is one.
type Finder interface {
	Find(ctx context.Context, in evidence.Input) (evidence.Found, error)
}

// checkText checks a question by its words alone.
func checkText(question string, k candidate, written bool) Reason {
	n := utf8.RuneCountInString(question)
	switch {
	case n < 10 || n > 300 || !strings.HasSuffix(question, "?") || text.Language(question) != text.Language(k.line):
		return Unwritten
	case tells(question, k):
		return TellsAnswer
	case !slices.Contains([]string{"name", "cell", "text"}, k.unit) && !text.Asks(question, k.unit):
		return OtherKind
	case written && (pointsAtText.MatchString(question) || endsOtherwise(question)):
		return Unwritten
	case written && asksOtherPart(question, k):
		return OtherKind
	case written && loosens(question, k):
		return OtherLimit
	case written && copies(question, k):
		return CopiesText
	}
	return ""
}

// tells reports whether a question contains the answer, or all its numbers.
func tells(question string, k candidate) bool {
	if strings.Contains(text.Normalise(question), text.Normalise(k.answer)) {
		return true
	}
	numbers := text.Numbers(k.answer)
	said := text.Numbers(question)
	return len(numbers) > 0 && !slices.ContainsFunc(numbers, func(n string) bool { return !slices.Contains(said, n) })
}

// mostCopied is the maximum share of words that a question and its sentence may
// have in common. If the share is larger for both, the question is a copy. Not
// measured.
const mostCopied = 0.7

// copies reports whether a question repeats most words of its sentence in the
// form in which they are written there.
func copies(question string, k candidate) bool {
	asked, said := writtenWords(question), writtenWords(strings.ReplaceAll(k.line, k.answer, " "))
	return text.Share(asked, said) > mostCopied && text.Share(said, asked) > mostCopied
}

func writtenWords(s string) text.Set {
	out := text.Set{}
	for _, w := range strings.Fields(text.Fold(s)) {
		if w = bare(w); w != "" {
			out[w] = true
		}
	}
	return out
}

// leastInGold is the minimum P(answers) of the gold sentence in its own passage.
// If the P(answers) of a sentence elsewhere is larger than nearlyAs times that of
// the gold sentence, the other place counts as an answer, too. Not measured.
const leastInGold, nearlyAs = 0.2, 0.8

// checkEvidence checks two things: that evidence finds the answer if it is given
// the gold passage alone, and that no other place in the search result answers
// about as well.
func (m *Maker) checkEvidence(ctx context.Context, question string, k candidate) (Reason, error) {
	gold := k.sentence.passage
	found, err := m.Find.Find(ctx, evidence.Input{Question: question, Passages: []retrieval.Passage{gold}})
	if err != nil {
		return "", err
	}
	first := slices.DeleteFunc(slices.Clone(found.Sentences), func(s evidence.Sentence) bool { return strings.HasSuffix(s.Text, "?") })
	if !slices.ContainsFunc(first[:min(len(first), 2)], func(s evidence.Sentence) bool {
		return k.sentence.within(s) && s.Answers >= leastInGold
	}) {
		return NotInGold, nil
	}
	result, err := m.Search.Search(ctx, question)
	if err != nil {
		return "", err
	}
	in := evidence.Of(question, result)
	if !slices.ContainsFunc(in.Passages, func(p retrieval.Passage) bool { return p.ID == gold.ID }) {
		in.Passages = append(slices.Clone(in.Passages), gold)
	}
	if found, err = m.Find.Find(ctx, in); err != nil {
		return "", err
	}
	own := 0.0
	for _, s := range found.Sentences {
		if k.sentence.within(s) {
			own = max(own, s.Answers)
		}
	}
	for _, s := range found.Sentences {
		if k.sentence.within(s) || strings.HasSuffix(s.Text, "?") || k.unit == "text" && s.Source == gold.Source {
			continue // it is the answer, the question itself, or more of the same answer
		}
		if s.Answers > nearlyAs*own && (s.Source != gold.Source || !strings.Contains(s.Text, k.answer)) {
			return Elsewhere, nil
		}
	}
	if own == 0 {
		return NotInGold, nil
	}
	return "", nil
}

// within reports whether a sentence is the found sentence or the end of it.
func (s sentence) within(found evidence.Sentence) bool {
	return s.Source == found.Source && found.Start <= s.Start && s.Start < found.End
}

// sameWords is the maximum share of words that two different questions may have in
// common. If the share is larger for both, they count as the same. Not measured.
const sameWords = 0.8

// repeats reports whether nearly the same question is among those already made.
func repeats(question string, made []Question) bool {
	words := text.Keywords(question)
	return slices.ContainsFunc(made, func(q Question) bool {
		have := text.Keywords(q.Text)
		return text.Share(words, have) > sameWords && text.Share(have, words) > sameWords
	})
}
