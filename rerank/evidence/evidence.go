package evidence

import (
	"time"

	"selfrag/retrieval"
)

// Input is what to find evidence for, and where.
type Input struct {
	Question string
	// Passages are those that a search kept, best first. The evidence comes
	// from them.
	Passages []retrieval.Passage
	// Rest are the other candidates of the search. They show which words are
	// common in the collection. Rest may be empty.
	Rest []retrieval.Passage
	// Today is the day on which a sentence must hold if the question names no
	// time. If it is zero, the latest sentence is taken to hold.
	Today time.Time
}

// Of returns the input for a question and the result of its search.
func Of(question string, found retrieval.Result) Input {
	return Input{Question: question, Passages: found.Passages, Rest: found.Rest}
}

// Sentence is a sentence, a table row or a list item that may answer a
// question. Text is the document's text from Start to End, counted in runes.
type Sentence struct {
	Passage  string         `json:"passage"` // the id of its passage
	Document string         `json:"document"`
	Source   string         `json:"source"`
	Title    string         `json:"title"`
	Heading  string         `json:"heading,omitempty"` // headings, a question or a header row above it
	Header   string         `json:"header,omitempty"`  // the header row above a table row, as it is written
	Text     string         `json:"text"`
	Start    int            `json:"start"`
	End      int            `json:"end"`
	Metadata map[string]any `json:"metadata,omitempty"` // of its passage
	// Answers is the probability that the sentence answers the question.
	Answers float64 `json:"p_answers"`
	Signals Signals `json:"signals"`
	// Copies are the other sources that contain the same words.
	Copies []string `json:"copies,omitempty"`
}

// Signals determine the probability of a sentence. All are in [0,1], except
// Reranker and the cosines Late and Cosine, which are in [-1,1] and 0 without
// an encoder.
//
// A share of the question's words is weighted by their rarity among the
// candidates. If the sentence is in another language than the question, only
// words count that both languages write alike: names in Latin script and
// numbers.
type Signals struct {
	// Coverage is the share of the question's words that the sentence, its
	// title and its headings hold.
	Coverage float64 `json:"coverage"`
	// Subject is the share that the sentence, its title and its headings hold
	// of those question words that are in some candidate's title. Such words
	// distinguish the cafeteria of one office from that of another. Subject is
	// 1 if there are none.
	Subject float64 `json:"subject"`
	// Kind is how well the sentence holds the kind of thing that the question
	// asks for: a number, an amount, a date, a name or a reason
	// (text.HoldsKind).
	Kind float64 `json:"kind"`
	// Place is 1 for the first passage, 1/2 for the second, and so on.
	// Superseded passages do not take up a place.
	Place float64 `json:"place"`
	// Superseded is 1 if another candidate holds in place of this one at the
	// time that the question asks about, by default the latest. That candidate
	// is from another edition of the document, whose title differs only in its
	// date or which says that it replaces this one, or it is another sentence
	// (Change).
	Superseded float64 `json:"superseded"`
	// Late is the late interaction of the question's tokens with those of the
	// sentence, its title and its headings: for each token of the question its
	// highest cosine, averaged with weights by rarity (ColBERT, arXiv
	// 2004.12832). Together with other signals it selects the sentences that
	// are read one by one. Beside Cosine it adds nothing, and no curve gives it
	// a weight.
	Late float64 `json:"late"`
	// Cosine is the cosine of the question's vector and the vector of the
	// sentence, read below its title and headings. It finds sentences that use
	// other words than the question.
	Cosine float64 `json:"cosine"`
	// Reranker is the raw score of the reranker for the sentence's passage, in
	// the reranker's own units; 0 without one.
	Reranker float64 `json:"reranker"`
}

// Found is the evidence for a question.
type Found struct {
	Sentences []Sentence `json:"sentences"` // best first; copies are merged
	// Answers is the probability that the passages hold the answer.
	Answers float64 `json:"p_answers"`
	// OnePlace is the probability that a single place answers the whole
	// question.
	OnePlace float64 `json:"p_one_place"`
	// Coverage is the share of the question's words, weighted by rarity, that
	// the best sentence holds, including its title and headings.
	Coverage float64 `json:"coverage"`
	// WordsAlone says that no encoder was used.
	WordsAlone bool `json:"words_alone,omitempty"`
	// Changes are the sentences that contradict each other, the likeliest
	// first.
	Changes []Change `json:"changes,omitempty"`
}
