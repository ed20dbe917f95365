// Package sqlite keeps collections of documents in one SQLite file and
// searches them: BM25 by an inverted index, cosine similarity by an exact scan
// of the vectors, both held in memory. It needs no server and no cgo.
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
// 384 dimensions. The first lexical search reads the terms: 4 bytes a
// different term of a passage and 12 a passage, some 40 MB for 100,000
// passages of 500 runes. Later searches read only what was added since. When
// passages were removed or replaced, all is read again, and for that moment
// both copies are held. For each of the filters used last, 8 at most, 8 bytes
// are held a passage that it lets through.
//
// # Speed
//
// make bench-retrieval measures hybrid search. Dense search compares every
// vector, which takes most of the time; lexical search adds up every posting
// of the question's terms. The first search with a filter reads every
// passage's row, unless the filter names ids, documents, sources or titles;
// later ones read what was added since.
//
// # Tenants
//
// Each collection belongs to a tenant; a DB sees one tenant's. See DB.Tenant.
package sqlite
