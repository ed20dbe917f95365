// Package milvus keeps collections of documents in a Milvus server and searches
// them: cosine similarity by an HNSW index, BM25 by sparse vectors where the
// server has them (2.4 and newer, Milvus Lite). A Collection is a
// retrieval.Store. Everything is safe for concurrent use, by goroutines and by
// processes.
//
// # What lies where
//
// One Milvus collection, selfrag_records, holds a row for each collection, a
// row for each document and the documents' texts in pieces. The passages of
// each collection are in a Milvus collection of their own, whose name is a
// hash: names of collections may have letters that Milvus does not allow.
// Tenants share all of these; every row carries its tenant in the partition
// key, and every expression and every primary key is made by a scope, which
// knows its tenant.
//
// # Durability
//
// Milvus has no transactions. Put writes the text, then the passages, then
// removes what the source had before, and writes the document's row last: that
// row is the acknowledgement. What was killed in between has no row, is put
// again by the next run under the same primary keys, and is then there once.
// Two writers that put different versions of one source at the same moment may
// leave passages of both, and on servers before 2.4, which cannot replace a row in
// one step, two writers of one source may leave a row twice; the next Put of that
// source puts it right.
//
// # Consistency
//
// A search sees everything that was written 5 seconds before it (bounded
// staleness), everything that was written before its collection was opened, and
// everything that this process wrote.
//
// # Lexical search
//
// A passage's sparse vector has, for each of its terms, the part of BM25 that
// the passage itself decides (term frequency and length). The query's has each
// term's weight by how rare the term is. How many passages hold a term is
// asked of Milvus' sparse index for each query, and the passages' number and
// average length are summed up from the documents' rows, at most 10 seconds
// old: so there is no count that concurrent writers, deletes or a killed
// process could leave wrong, and nothing is kept on the client. The candidates
// are then scored anew by their texts, so that scores are exact BM25 although
// the average length has changed since the sparse vectors were written.
package milvus
