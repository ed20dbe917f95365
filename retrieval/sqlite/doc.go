// Package sqlite stores collections of documents in one SQLite file and
// searches them: BM25 with an inverted index, cosine similarity with an exact
// scan of the vectors, both in memory. It needs no server and no cgo.
//
// A Collection is a retrieval.Store. Everything is safe for concurrent use by
// goroutines and by processes: several may ingest into one collection while
// others search it.
//
// # Durability
//
// A document is stored as a whole or not at all, in one transaction. When Put
// has returned nil, the document is on disk: the write-ahead log is synced at
// each commit (synchronous=FULL). Neither a killed process nor a power cut
// loses what was acknowledged. A sync costs milliseconds per document;
// embedding the document costs more.
//
// # Memory
//
// The first dense search of a collection reads its vectors into memory: 4 bytes
// per dimension and 8 per passage, which is 155 MB for 100,000 passages of 384
// dimensions. The first lexical search reads the terms: 4 bytes per different
// term of a passage and 12 per passage, about 40 MB for 100,000 passages of 500
// runes. Later searches read only what was added since. After passages were
// removed or replaced, everything is read again, and both copies are in memory
// for that time. For each of the last 8 filters, 8 bytes are kept per passage
// that it selects.
//
// # Speed
//
// make bench-retrieval measures hybrid search. Dense search compares every
// vector, which takes most of the time. Lexical search adds up every posting of
// the question's terms. The first search with a filter reads the row of every
// passage, unless the filter names ids, documents, sources or titles. Later
// ones read what was added since.
//
// # Tenants
//
// Each collection belongs to a tenant, and a DB sees the collections of one
// tenant. See DB.Tenant.
package sqlite
