// Package reading chooses the text that a model reads for a question that asks
// for more than a fact. The text can be whole sections in place of the found
// passages, both sides of a comparison, a document from beginning to end, or
// the editions of a document by date.
//
// Shape: the only call is Reader.Read. It takes a question, the kind of answer
// that the question asks for, and the result of a search, and returns passages
// up to a number of tokens. Read gets documents through the interface Documents
// and depends on nothing else, so the same documents give the same passages.
// The passages are unchanged spans of documents, so citations of them can be
// checked. No rune is returned twice, although the passages of a collection
// overlap.
package reading
