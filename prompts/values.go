package prompts

// Passage is a passage as a prompt shows it.
type Passage struct {
	N     int // its number in the prompt, from 1
	Title string
	Text  string
}

// ShouldRetrieve asks whether answering needs (more) documents.
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

// GradeRelevance asks whether a passage helps to answer the question.
type GradeRelevance struct {
	Question string
	Passage  Passage
}

// Draft asks for an answer from passages, each sentence citing them by number.
type Draft struct {
	Question string
	Passages []Passage
}

// GradeSupport asks whether passages support one sentence of a draft.
type GradeSupport struct {
	Passages []Passage // those that the sentence cites
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

// Standalone asks for a follow-up question as one that is complete in itself.
type Standalone struct {
	Question string
	History  []string // earlier turns of the conversation, oldest first
}

// Summarize asks for the notes of a conversation: those so far, and what was
// said since.
type Summarize struct {
	Summary string   // the notes so far, or ""
	Turns   []string // what was said since, oldest first
}
