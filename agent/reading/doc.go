// Package reading chooses what is read for a question that wants more than a
// fact: whole sections in place of the passages that a search found, both sides
// of a comparison, a document in its order, the editions of one subject by their
// dates.
//
// Shape: one call, Reader.Read, from a question, what it wants and what was found
// for it to passages within a budget of tokens. Besides reading documents through
// the small interface that it declares it is pure: the same documents give the
// same passages. What it gives are spans of the documents as they stand, so that
// citations of them can be checked; no rune is given twice, though passages of a
// collection overlap.
package reading
