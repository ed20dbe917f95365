// Package ingest reads files into a collection: it finds them, extracts their
// text, splits it into passages, has these embedded and stores each document
// with its passages at once.
//
// It can be stopped at any moment and run again: what was stored stays, what
// did not change since costs no embedding, and nothing is stored twice. What
// is no longer there is taken out of the collection with Config.Prune only.
//
// # Which files
//
// Markdown (.md, .markdown), text (.txt, .text), HTML (.html, .htm, .xhtml),
// PDF, Word (.docx), PowerPoint (.pptx), Hangul (.hwpx, .hwp of version 5),
// EPUB, mails (.eml), tables (.xlsx, .csv, .tsv; a row a passage) and JSON
// lines (.jsonl; a line a document); texts in UTF-8, UTF-16, CP949, EUC-KR,
// ISO-2022-KR or ISO-2022-JP. What is encrypted, protected for distribution, or
// holds no text, such as a scan, is a failure that says so. What a file holds
// and its document does not is told as a warning (Report.Warned): comments,
// charts, a part that is damaged, bytes that are no text. Headers and footers
// of pages are left out without one.
//
// A path is a file, a folder, a glob ("docs/**/*.md"), "-" for standard input
// (Config.Stdin), or an http or https URL. URLs are fetched only from hosts on
// Config.AllowURLs, redirects included, and only from public addresses, which
// is checked where the connection is made. Their content type tells the type.
//
// A folder stands for the files in it, at any depth, in the order of their
// names, but for
//   - hidden files and folders, whose names begin with a dot;
//   - what a .selfragignore in the folder or below excludes, in the syntax of
//     .gitignore;
//   - files of another type, symbolic links, and what is neither file nor
//     folder: these are counted. Links are not followed because a folder of
//     documents from somebody else could lead anywhere through them.
//
// A file that is named itself is taken whatever excludes it, and is a failure
// if its type is not known or it does not exist.
//
// A document is known by its source: its path with slashes, in composed letters
// (NFC), read from CP949 where it is no UTF-8, and relative where it is below
// the folder that the program runs in. So docs, ./docs and the absolute path of
// docs stand for the same documents.
//
// # Memory
//
// A text is read whole, up to Config.MaxBytes, and cut into passages a block at
// a time; passages share its memory.
//
// # Metadata
//
// Passages carry, as far as it is known, the page, the slide, the sheet and its
// cells, the row and the paragraph that they begin on or in, the path of
// headings above them, and when the document was last changed (see the keys in
// package retrieval); retrieval.At gives those of a quote further on. A change of
// that time alone does not make a document updated. What a file says of itself is kept, too: the fields of a line of
// JSON, a front matter, the names of a mail's attachments. Where these are named
// like a field of the passage, such as source, they get an underscore.
//
// # Tables
//
// A table is written as a grid, a row a line: a cell that spans rows stands in
// each of them, an empty one stays empty. Where a long table is cut, each piece
// begins with its headers again, and each piece of a long row of a CSV file or
// a sheet with the row's first cell.
package ingest
