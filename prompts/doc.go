// Package prompts holds the versioned prompt templates, in English and Korean,
// with the labels or the schema of their answers.
//
// Shape: a template file is a header and chat turns, parsed before any value is
// filled in, so that no value can start a turn. The header has the name, the
// version, the values that the prompt takes, what it returns, and the labels
// of a prompt that returns one; all are checked when the file is read.
// Every value is filled in through a function that breaks up the control
// marks of chat formats and bracketed numbers: a document is data, and can
// neither end its turn nor forge a citation. Each prompt has a struct of the
// values that it takes (values.go).
//
// The Korean prompts that ask for an answer from passages instruct in English
// and ask for Korean: models of a billion parameters and fewer copy the
// passages when instructed in Korean.
package prompts
