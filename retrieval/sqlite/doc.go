// Package sqlite stores collections of documents in one SQLite file and
// searches them: BM25 with an inverted index, cosine similarity with codes of a
// few bits a dimension and the vectors themselves. It needs no server and no
// cgo.
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
// # Runs
//
// The passages that were added last, some 8,192 at most, are searched in memory:
// each vector is compared, and an inverted index is built when the collection
// is first searched. The others are in runs of 8,192 and more, which the file
// keeps ready for searching. A write that has made the former too many forms a
// run of them, which takes a fraction of a second, and now and then merges runs,
// which takes seconds in a collection of a million passages. A removal is
// recorded beside the runs, and they are written again when enough has been
// removed. So a start and a write, whatever it is, are followed by reading what
// is not in memory yet and not by reading everything.
//
// Small collections have no runs, and dense search is exact there. With runs,
// the cosines are exact, and dense search may miss a passage. Lexical search is
// exact always. Vectors of fewer than 64 dimensions are in no runs.
//
// # Memory
//
// Dense search keeps 212 bytes in memory for a passage of 384 dimensions in a
// run (half a byte per dimension and 20 per passage), lexical search 12, and
// both together 4 bytes per dimension and 4 per different term for the other
// passages. For each of the last 8 filters, 8 bytes are kept per passage that
// it selects.
//
// # Speed
//
// make bench-retrieval measures hybrid search. Dense search compares the signs
// of all vectors, which takes most of its time. Lexical search reads and adds up
// every posting of the question's terms. The first search with a filter reads
// the row of every passage, unless the filter names ids, documents, sources or
// titles. Later ones read what was added since.
//
// # Tenants
//
// Each collection belongs to a tenant, and a DB sees the collections of one
// tenant. See DB.Tenant.
package sqlite
