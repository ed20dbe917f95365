// Package webpage is the web page of the service: ask, read with citations,
// search, compare, history, and the care of documents, collections and sources.
//
// Shape: the page consists of plain ES modules and CSS in static. They are
// embedded and served unchanged; there is no build step. The page uses only the
// API of httpapi, as any client does. app.js wires the views (ask.js,
// search.js, compare.js, documents.js, updates.js, history.js, source.js). api.js
// and events.js talk to the server. language.js provides all words of the page,
// from english.js, korean.js and the two files beside them. layers.js makes the
// browser's Back close an open dialog or menu, and storage.js keeps values that must
// survive a reload.
//
// Text from a model or a document never becomes HTML, because all modules make
// elements and text nodes with dom.js. markdown.js makes headings, lists and
// tables of Markdown in the same way; it makes no links and loads no pictures.
// The Content-Security-Policy of Handler enforces that, with Trusted Types in
// browsers that support them.
package webpage
