package agent

import (
	"maps"
	"slices"
	"strings"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// leastShare is the share of a sentence's words that its passages must hold.
const leastShare = 0.5

// refuted tells whether code can see that the passages of a sentence do not
// support it. Names and words are compared only with passages in the sentence's
// language: others spell them otherwise. The words of a look-up that a sentence
// answers are the question's, and need not be the passages'.
func refuted(s Sentence, passages []retrieval.Passage, given givenNames) bool {
	if len(s.Passages) == 0 {
		return true
	}
	if _, missing := missingNumber(s, passages); missing {
		return true
	}
	have := map[string]bool{}
	for _, i := range s.Passages {
		searchable := passages[i].Searchable()
		if text.Language(searchable) != text.Language(s.Text) {
			return false
		}
		maps.Copy(have, text.Keywords(searchable))
	}
	if _, missing := missingName(s, passages, given); missing {
		return true
	}
	said := text.Keywords(s.Text)
	if asked := text.Keywords(s.lookUp); text.Share(said, asked) < 1 { // else the answer is one of the words asked about
		maps.DeleteFunc(said, func(word string, _ bool) bool { return asked[word] })
	}
	maps.DeleteFunc(said, func(word string, _ bool) bool { return given.common[word] })
	return text.Share(said, have) < leastShare
}

// missingFact returns a number or a name of the sentence that none of its
// passages holds. A sentence with one is not supported, whatever the model
// says of it; only common names may be missing.
func missingFact(s Sentence, passages []retrieval.Passage, given givenNames) (string, bool) {
	if n, missing := missingNumber(s, passages); missing {
		return n, true
	}
	return missingName(s, passages, given)
}

func missingNumber(s Sentence, passages []retrieval.Passage) (string, bool) {
	have := map[string]bool{}
	for _, i := range s.Passages {
		for _, n := range text.Numbers(passages[i].Searchable()) {
			have[n] = true
		}
	}
	for _, n := range text.Numbers(text.WithoutMonths(s.Text, monthsOf(s, passages))) {
		if !have[n] {
			return n, true
		}
	}
	return "", false
}

func missingName(s Sentence, passages []retrieval.Passage, given givenNames) (string, bool) {
	have := map[string]bool{}
	for _, i := range s.Passages {
		for _, w := range text.Words(text.Fold(passages[i].Searchable())) {
			have[w] = true
		}
	}
	told := monthsOf(s, passages)
	for _, n := range text.Names(s.Text) {
		if !have[text.Fold(n)] && !given.common[text.Fold(n)] && !told[text.MonthOf(n)] {
			return n, true
		}
	}
	return missingTitled(s, passages, given.titled)
}

// missingTitled returns one of the names that the sentence holds and none of its
// passages does. Passages in another language spell it otherwise.
func missingTitled(s Sentence, passages []retrieval.Passage, titled []string) (string, bool) {
	for _, name := range titled {
		if mentions(s.Text, name) && !slices.ContainsFunc(s.Passages, func(i int) bool {
			searchable := passages[i].Searchable()
			return strings.Contains(searchable, name) || text.Language(searchable) != text.Language(s.Text)
		}) {
			return name, true
		}
	}
	return "", false
}

// monthsOf are the months that the passages of a sentence name.
func monthsOf(s Sentence, passages []retrieval.Passage) map[int]bool {
	named := map[int]bool{}
	for _, i := range s.Passages {
		maps.Copy(named, text.Months(passages[i].Searchable()))
	}
	return named
}
