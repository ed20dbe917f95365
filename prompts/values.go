package prompts

// Passage is a passage as a prompt shows it.
type Passage struct {
	N     int // its number in the prompt, from 1
	Title string
	Text  string
}

// ShouldRetrieve asks whether an answer needs documents, or more of them.
type ShouldRetrieve struct {
	Question string
	Known    []string // sentences already supported by documents
}

// RefineQuery asks for one standalone search question.
type RefineQuery struct {
	Question string
	History  []string // earlier turns of the conversation, oldest first
	Known    []string // sentences already supported by documents
	Asked    []string // queries already searched
}

// TranslateQuery asks for a question in the other language, English or Korean.
type TranslateQuery struct{ Question string }

// GradeRelevance asks whether a passage helps to answer the question.
type GradeRelevance struct {
	Question string
	Passage  Passage
}

// GradePassages asks which of several passages holds the answer. Its labels are
// their numbers, and 0 for none. It begins like Draft, so that a server with a
// prefix cache reads the passages once for both.
type GradePassages struct {
	Question string
	Passages []Passage
}

// Draft asks for an answer from passages in which each sentence cites them by
// number.
type Draft struct {
	Question string
	Passages []Passage
}

// DraftFull asks for an answer of several sentences, or a list, in the same way.
type DraftFull struct {
	Question string
	Passages []Passage
}

// GradeSupport asks whether passages support one sentence of a draft.
type GradeSupport struct {
	Passages []Passage // the passages that the sentence cites
	Sentence string
}

// GradeUsefulness asks whether a text answers the question.
type GradeUsefulness struct {
	Question string
	Answer   string
}

// Synthesize asks for the final answer from supported sentences.
type Synthesize struct {
	Question string
	Passages []Passage
	Drafts   []string // supported sentences with their citation numbers
}

// AnswerDirectly asks for an answer without documents.
type AnswerDirectly struct{ Question string }

// Plan asks for the look-ups that make up a question.
type Plan struct {
	Question string
	Failed   []string // look-ups of an earlier plan that found nothing
}

// AnswerStep asks for the answer to one look-up in a few words.
type AnswerStep struct {
	Question string
	Passages []Passage
}

// AnswerPlan asks for the answers to all look-ups of a plan in one reply, with
// a line for each, such as "A = Ana Ruiz".
type AnswerPlan struct {
	Question string
	Plan     []string // "A = the founder of the firm", "B = the city where A was born"
	Passages []Passage
}

// ShortAnswer asks for an answer in sentences to be shortened to the phrase
// that answers the question. Only evaluation uses it, because data sets of
// short answers hold phrases.
type ShortAnswer struct {
	Question string
	Answer   string
}

// RankPassages asks for the numbers of the passages, best first.
type RankPassages struct {
	Question string
	Passages []Passage
}

// Standalone asks for a follow-up question to be rewritten so that it is
// complete in itself.
type Standalone struct {
	Question string
	History  []string // earlier turns of the conversation, oldest first
}

// Summarize asks for the summary of a conversation, from the previous summary
// and the turns since.
type Summarize struct {
	Summary string   // the previous summary, or ""
	Turns   []string // the turns since, oldest first
}

// Statements asks for the statements of an answer, one per line, each
// understandable alone. Only evaluation uses it.
type Statements struct {
	Question string
	Answer   string
}

// QuestionFor asks for a question that a text answers. Only evaluation uses it.
type QuestionFor struct{ Answer string }

// Evades asks whether a text evades an answer. Only evaluation uses it.
type Evades struct{ Answer string }

// MakeQuestion asks for the question that a phrase of a sentence answers. Only
// the making of data sets uses it.
type MakeQuestion struct {
	Title    string // of the document; may be empty
	Sentence string
	Answer   string // the phrase, verbatim in the sentence
}

// JoinQuestions asks for one question in place of two: the first stands in for
// its answer, which the second names. Only the making of data sets uses it.
type JoinQuestions struct {
	First  string
	Answer string // the answer to First, which Second names
	Second string
}
