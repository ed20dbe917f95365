// Package milvus stores collections of documents in a Milvus server and
// searches them. Dense search is cosine similarity with an HNSW index. Lexical
// search is BM25 with sparse vectors, on servers that have them (2.4 and newer,
// Milvus Lite). A Collection is a retrieval.Store. Everything is safe for
// concurrent use by goroutines and by processes.
//
// # What is stored where
//
// The Milvus collection selfrag_records holds a row for each collection, a row
// for each document, and the documents' texts in pieces. The passages of each
// collection are in a Milvus collection of their own, whose name is a hash,
// because names of collections may have letters that Milvus does not allow.
// Tenants share all of these. Every row carries its tenant in the partition
// key. A scope, which knows its tenant, makes every expression and every
// primary key.
//
// # Durability
//
// Milvus has no transactions. Put writes the text, then the passages, then
// removes the source's previous rows, and writes the document's row last: that
// row is the acknowledgement. A document whose Put was killed has no row. The
// next run puts it again under the same primary keys, so that it is then there
// once. Two writers that put different versions of one source at the same
// moment may leave passages of both. Servers before 2.4 cannot replace a row in
// one step; there, two writers of one source may leave a row twice. The next
// Put of that source corrects both. Renaming copies first and removes then: if it
// is killed, the old name or the new one is complete.
//
// # Consistency
//
// A search sees everything that was written at least 5 seconds earlier (bounded
// staleness), everything that was written before its collection was opened, and
// everything that this process wrote.
//
// # Lexical search
//
// The sparse vector of a passage holds, for each of its terms, the part of BM25
// that depends on the passage only (term frequency and length). The vector of a
// query holds the weight of each term by its rarity. Each query asks Milvus'
// sparse index how many passages contain a term. The number of passages and
// their average length are summed up from the documents' rows and are at most
// 10 seconds old. So there is no count that concurrent writers, deletes or a
// killed process could make wrong, and the client stores nothing. The
// candidates are then scored again by their texts. Their scores are therefore
// exact BM25, even if the average length has changed since the sparse vectors
// were written.
package milvus
