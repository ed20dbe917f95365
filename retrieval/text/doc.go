// Package text is the one place for language: sentences, words, keywords,
// index terms, numbers, dates, names, particles, folding, and which language a
// text is in. English and Korean count the same.
//
// Shape: pure functions over strings and runes. The package imports nothing of
// ours, keeps no state and never fails: each function takes any text, valid
// UTF-8 or not. Offsets are rune offsets, half open.
//
// Everything that splits text into words shares one scanner (runs). Its three
// readers differ on purpose: Terms is what stored indexes hold, Keywords is what
// two texts share, Words are the words as they stand.
package text
