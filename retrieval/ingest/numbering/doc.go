// Package numbering counts the paragraphs of numbered lists as word processors do,
// and writes their numbers in the formats of WordprocessingML (ISO/IEC 29500-1).
package numbering
