// Package prompts holds the versioned prompt templates, in English and Korean,
// with the labels or the schema of their answers.
//
// Shape: a template file consists of a header and chat turns. It is parsed
// before any value is filled in, so no value can start a turn. The header has
// the name, the version, the values that the prompt takes, the kind of reply,
// and the labels if the reply is a label. All of them are checked when the file
// is read. Every value is filled in through a function that breaks up control
// marks of chat formats and bracketed numbers: a document is data, and can
// neither end its turn nor forge a citation. Each prompt has a struct with the
// values that it takes (values.go).
//
// The Korean prompts for answers from passages give their instructions in
// English and ask for Korean, because models of a billion parameters or fewer
// copy the passages if the instructions are in Korean.
package prompts
