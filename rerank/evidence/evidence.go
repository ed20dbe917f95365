package evidence

import (
	"time"

	"selfrag/retrieval"
)

// Input is what evidence is looked for in.
type Input struct {
	Question string
	// Passages are those that a search kept, best first. Evidence is taken from
	// these.
	Passages []retrieval.Passage
	// Rest are the other candidates of the search. They tell which words are
	// common here. It may be empty.
	Rest []retrieval.Passage
	// Today is the day at which a sentence must hold where the question names no
	// time. The zero value takes the latest for what holds.
	Today time.Time
}

// Of is the input of a question and what was found for it.
func Of(question string, found retrieval.Result) Input {
	return Input{Question: question, Passages: found.Passages, Rest: found.Rest}
}

// Sentence is a sentence, a row of a table or an item of a list that may answer
// a question. Text is the document's text from Start to End, counted in runes.
type Sentence struct {
	Passage  string         `json:"passage"` // id
	Document string         `json:"document"`
	Source   string         `json:"source"`
	Title    string         `json:"title"`
	Heading  string         `json:"heading,omitempty"` // what it stands under: headings, a question, a row of headers
	Header   string         `json:"header,omitempty"`  // the row of headers above a row of a table, as it stands
	Text     string         `json:"text"`
	Start    int            `json:"start"`
	End      int            `json:"end"`
	Metadata map[string]any `json:"metadata,omitempty"` // of its passage
	// Answers is the probability that the sentence answers the question.
	Answers float64 `json:"p_answers"`
	Signals Signals `json:"signals"`
	// Copies are the other sources that say the same in the same words.
	Copies []string `json:"copies,omitempty"`
}

// Signals are what the probability of a sentence is made of. All are in [0,1]
// but Late and Cosine, which are cosines in [-1,1], and 0 without an encoder, and
// Reranker.
//
// A share of the question's words is weighted by rarity among the candidates.
// Where the sentence is in another language than the question, only those words
// count that can meet: names in Latin script and numbers.
type Signals struct {
	// Coverage is the share of the question's words that the sentence holds, its
	// title and headings counted in.
	Coverage float64 `json:"coverage"`
	// Subject is the share, with title and headings, of those words of the
	// question that stand in some candidate's title: what tells the cafeteria of
	// one office from that of another. 1 where there are none.
	Subject float64 `json:"subject"`
	// Kind says how well the sentence holds the kind of thing that is asked for, a
	// number, an amount, a date, a name or a reason, see text.HoldsKind.
	Kind float64 `json:"kind"`
	// Place is 1 for the first passage, 1/2 for the second, and so on. Those that
	// are superseded take no place from those after them.
	Place float64 `json:"place"`
	// Superseded is 1 where another candidate holds in this one's place at the time
	// that the question asks about, by default the latest: another edition of the
	// document, which has the same title but for its date or says that it replaces
	// this one, or another sentence, see Change.
	Superseded float64 `json:"superseded"`
	// Late is the late interaction of the question's tokens with those of the
	// sentence, its title and headings: the mean, weighted by rarity, of the highest
	// cosine of each (ColBERT, arXiv 2004.12832). With the others it chooses the
	// sentences that are read one by one; beside Cosine it says no more, and no curve
	// weighs it.
	Late float64 `json:"late"`
	// Cosine is that of the question's vector and the sentence's, read below its
	// title and headings. It meets questions that use other words.
	Cosine float64 `json:"cosine"`
	// Reranker is the raw score that the reranker gave the sentence's passage, in
	// units of its own; 0 without one.
	Reranker float64 `json:"reranker"`
}

// Found is the evidence for a question.
type Found struct {
	Sentences []Sentence `json:"sentences"` // best first; copies are one
	// Answers is the probability that the passages tell the answer.
	Answers float64 `json:"p_answers"`
	// OnePlace is the probability that the question asks for no more than one
	// place tells.
	OnePlace float64 `json:"p_one_place"`
	// Coverage is the share of the question's words, weighted by rarity, that
	// the best single sentence holds, title and headings counted in.
	Coverage float64 `json:"coverage"`
	// WordsAlone says that no encoder was asked.
	WordsAlone bool `json:"words_alone,omitempty"`
	// Changes are the sentences that contradict one another, the likeliest first.
	Changes []Change `json:"changes,omitempty"`
}
