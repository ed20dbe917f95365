// Package text is the one place for language: sentences, words, keywords, index
// terms, numbers, dates, names, particles, folding, and the language of a text.
// English and Korean count the same.
//
// Shape: pure functions over strings and runes. The package imports no other
// package of this module, keeps no state and never fails: each function takes
// any text, valid UTF-8 or not. Offsets are rune offsets, half open.
//
// Everything that splits text into words shares one scanner (runs). Its three
// users differ on purpose: Terms returns what stored indexes contain, Keywords
// what two texts are compared by, and Words the words as written.
package text
