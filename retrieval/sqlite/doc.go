// Package sqlite keeps collections of documents in one SQLite file and
// searches them: BM25 by SQLite's FTS5, cosine similarity by an exact scan of
// the vectors, which are held in memory. It needs no server and no cgo.
//
// A Collection is a retrieval.Store. Everything is safe for concurrent use, by
// goroutines and by processes: several may ingest into one collection while
// others search it.
//
// # Durability
//
// A document goes in whole or not at all, in one transaction. When Put has
// returned nil the document is on the disk: the write-ahead log is synced at
// each commit (synchronous=FULL), so that neither a killed process nor a power
// cut takes back what was acknowledged. A sync costs milliseconds a document;
// embedding it costs more.
//
// # Memory
//
// The first dense search of a collection reads its vectors into memory: 4
// bytes a dimension and 8 a passage, which is 155 MB for 100,000 passages of
// 384 dimensions. Later searches read only what was added since. When
// passages were removed or replaced, the vectors are read again whole, and
// for that moment both copies are held. A collection searched only lexically
// holds nothing.
//
// # Speed
//
// On two cores a dense search takes about half a millisecond for each thousand
// passages of 384 dimensions. A lexical one takes FTS5 about 5 ms for each
// thousand that share a term with the question, which in prose is nearly all
// of them: in a large collection it is the slower of the two.
package sqlite
