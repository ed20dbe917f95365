package milvus

import "context"

// record is a row of the records collection. The row of a collection holds its
// name, its embedder as text and its creation time as title. The row of a
// document holds its source as name. The row of a piece of a document's text
// holds its number as part.
type record struct {
	id                    rowID
	kind, collection      string
	source, version       string // keys
	part, passages, terms int
	name, document, title string
	text                  string
	metadata              []byte // JSON object; nil: none
}

func (r record) bytes() int {
	return len(r.name) + len(r.document) + len(r.title) + len(r.text) + len(r.metadata) + 512
}

func (db *DB) writeRecords(ctx context.Context, records ...record) error {
	for from := 0; from < len(records); {
		to := db.server.batch(from, len(records), func(i int) int { return records[i].bytes() })
		if err := db.server.upsert(ctx, db.records(), recordColumns(db.scope, records[from:to])); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func recordColumns(s scope, records []record) table {
	metadata, vectors := make([][]byte, len(records)), make([][]float32, len(records))
	for i, r := range records {
		metadata[i], vectors[i] = r.metadata, []float32{1, 0}
		if metadata[i] == nil {
			metadata[i] = []byte("{}")
		}
	}
	return table{
		textColumn(fieldID, records, func(r record) string { return r.id.key }),
		textColumn(fieldTenant, records, func(record) string { return s.tenant }),
		textColumn(fieldKind, records, func(r record) string { return r.kind }),
		textColumn(fieldCollection, records, func(r record) string { return r.collection }),
		textColumn(fieldSourceKey, records, func(r record) string { return r.source }),
		textColumn(fieldVersion, records, func(r record) string { return r.version }),
		intColumn(fieldPart, records, func(r record) int { return r.part }),
		intColumn(fieldPassages, records, func(r record) int { return r.passages }),
		intColumn(fieldTerms, records, func(r record) int { return r.terms }),
		textColumn(fieldName, records, func(r record) string { return r.name }),
		textColumn(fieldDocument, records, func(r record) string { return r.document }),
		textColumn(fieldTitle, records, func(r record) string { return r.title }),
		textColumn(fieldText, records, func(r record) string { return r.text }),
		{name: fieldMetadata, kind: jsonKind, json: metadata},
		{name: fieldVector, kind: vectorKind, vectors: vectors},
	}
}

// batch returns the end of the rows, beginning at from, that fit into one call.
func (s *server) batch(from, n int, bytes func(int) int) int {
	size := 0
	for i := from; i < n; i++ {
		size += bytes(i)
		if i > from && (size > s.cfg.MaxMessageBytes || i-from >= s.cfg.MaxRows) {
			return i
		}
	}
	return n
}
