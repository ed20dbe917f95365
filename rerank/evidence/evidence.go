package evidence

import (
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
	Heading  string         `json:"heading,omitempty"` // the nearest one above it
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
// but the cosines, which are in [-1,1]. Those of the encoder are 0 where there
// is none.
type Signals struct {
	// Coverage is the share of the question's words, weighted by rarity, that
	// the sentence holds, its title and headings counted in.
	Coverage float64 `json:"coverage"`
	// Alone is the coverage by the sentence without title and headings.
	Alone float64 `json:"alone"`
	// Near is the coverage by the sentence with its neighbours, title and
	// headings.
	Near float64 `json:"near"`
	// Rarest is the coverage of the rarest of the question's words only.
	Rarest float64 `json:"rarest"`
	// Kind is 1 where the sentence holds the kind of thing that is asked for (a
	// number, a date, a name, a reason) beyond what the question says itself, 0
	// where it does not, 0.5 where the question does not say what it asks for.
	Kind float64 `json:"kind"`
	// Place is 1 for the first passage, 1/2 for the second, and so on.
	Place float64 `json:"place"`
	// Late is the late interaction of the question's tokens with those of the
	// sentence and its title, see rerank/late.
	Late float64 `json:"late"`
	// LateAlone is that with the tokens of the sentence alone.
	LateAlone float64 `json:"late_alone"`
	// Cosine compares the mean of the question's tokens with that of the
	// sentence's.
	Cosine float64 `json:"cosine"`
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
}
