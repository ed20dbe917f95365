// Package webpage is the web page of the service: ask, read with citations,
// search, upload, compare, history.
//
// Shape: plain ES modules and CSS in static, embedded and served as they are;
// there is no build step. The page knows nothing but the API of httpapi, which it
// calls as any client does. app.js wires the views (ask.js, search.js,
// compare.js, documents.js, history.js, source.js); api.js and events.js are the way to the
// server; language.js has all words from english.js and korean.js.
//
// What a model or a document says is data: dom.js makes elements and text nodes,
// and no module parses markup. The Content-Security-Policy of Handler holds them
// to that, with Trusted Types where the browser knows them.
package webpage
