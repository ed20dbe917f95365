// Package ingest reads files into a collection: it finds them, extracts their
// text, splits it into passages, has these embedded and stores each document
// with its passages at once.
//
// It can be stopped at any moment and run again: what was stored stays, what
// did not change since costs no embedding, and nothing is stored twice. What
// is no longer there is not taken out of the collection.
//
// # Which files
//
// Markdown (.md, .markdown), text (.txt, .text), HTML (.html, .htm) and JSON
// lines (.jsonl), in UTF-8, UTF-16, CP949 or EUC-KR. A folder stands for the
// files in it, at any depth, in the order of their names, but for
//   - hidden files and folders, whose names begin with a dot;
//   - what a .selfragignore in the folder or below excludes, in the syntax of
//     .gitignore;
//   - files of another type, symbolic links, and what is neither file nor
//     folder: these are counted. Links are not followed because a folder of
//     documents from somebody else could lead anywhere through them.
//
// A file that is named itself is taken whatever excludes it, and is a failure
// if its type is not known or it does not exist.
package ingest
