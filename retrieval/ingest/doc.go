// Package ingest reads files into a collection: it finds them, extracts their
// text, splits the text into passages, embeds the passages, and stores each
// document together with its passages.
//
// A run can be stopped at any moment and started again. The documents stored so
// far stay, unchanged documents are not embedded again, and nothing is stored
// twice. Documents whose files are gone are removed only with Config.Prune.
//
// # Which files
//
// Markdown (.md, .markdown), text (.txt, .text), HTML (.html, .htm, .xhtml),
// PDF, Word (.docx), PowerPoint (.pptx), Hangul (.hwpx, .hwp of version 5),
// EPUB, mails (.eml), tables (.xlsx, .csv, .tsv; each row is a passage) and JSON
// lines (.jsonl; each line is a document). Texts may be in UTF-8, UTF-16, CP949,
// EUC-KR, ISO-2022-KR or ISO-2022-JP. A file that is encrypted, protected for
// distribution, or without text, such as a scan, is a failure that says so. A
// warning (Report.Warned) says what a file holds and its document does not:
// comments, charts, a damaged part, bytes that are not text. Headers and footers of
// pages are left out without a warning. Config.Readers adds readers of further
// types; package command has one that calls a program.
//
// A path is a file, a folder, a glob ("docs/**/*.md"), "-" for standard input
// (Config.Stdin), or an http or https URL. URLs are fetched only from the hosts in
// Config.AllowURLs, also after redirects, and only from public addresses, which is
// checked at the moment of the connection. The content type of the response says
// which type of file it is.
//
// A folder stands for the files in it, at any depth, in the order of their names,
// except for
//   - hidden files and folders, whose names begin with a dot;
//   - files and folders that a .selfragignore in the folder or below excludes, in
//     the syntax of .gitignore;
//   - files of another type, symbolic links, and anything that is neither a file
//     nor a folder. These are counted in Report.Skipped. Links are not followed,
//     because in a folder from somebody else they could lead anywhere. A file that
//     becomes a link out of the folder before it is read is a failure.
//
// A path that names a file itself is always read, even if the rules above exclude
// it. It is a failure if its type is unknown or it does not exist.
//
// A document is identified by its source: its path with slashes, in composed
// letters (NFC), decoded from CP949 if it is not valid UTF-8, and relative if it is
// below the folder that the program runs in. So docs, ./docs and the absolute path
// of docs stand for the same documents.
//
// # Memory
//
// A text is read whole, up to Config.MaxBytes, and is cut into passages one block
// at a time. Passages share the memory of the text.
//
// # Metadata
//
// Passages carry, as far as it is known, the page, the slide, the sheet and its
// cells, the row and the paragraph that they begin in, the path of headings above
// them, and the time of the document's last change (see the keys in package
// retrieval). For a quote further on in a passage, retrieval.At returns the page and
// so on. A document is not updated if only its time has changed.
//
// What a file says about itself is kept, too: the fields of a line of JSON, a front
// matter, the names of a mail's attachments. A name that is also a field of a
// passage, such as source, gets an underscore after it.
//
// # Tables
//
// A table is written as a grid with one line per row. A cell that spans rows is
// written in each of them, and an empty cell stays empty. If a long table is cut,
// each piece begins with the headers of the table. If a long row of a CSV file or a
// sheet is cut, each piece begins with the first cell of the row.
package ingest
