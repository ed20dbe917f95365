package milvus

import (
	"context"

	"github.com/milvus-io/milvus-sdk-go/v2/entity"
)

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
		if err := db.server.upsert(ctx, db.records(), recordColumns(db.scope, records[from:to])...); err != nil {
			return err
		}
		from = to
	}
	return nil
}

func recordColumns(s scope, records []record) []entity.Column {
	text := func(field string, of func(record) string) entity.Column {
		values := make([]string, len(records))
		for i, r := range records {
			values[i] = of(r)
		}
		return entity.NewColumnVarChar(field, values)
	}
	number := func(field string, of func(record) int) entity.Column {
		values := make([]int64, len(records))
		for i, r := range records {
			values[i] = int64(of(r))
		}
		return entity.NewColumnInt64(field, values)
	}
	metadata := make([][]byte, len(records))
	vectors := make([][]float32, len(records))
	for i, r := range records {
		metadata[i], vectors[i] = r.metadata, []float32{1, 0}
		if metadata[i] == nil {
			metadata[i] = []byte("{}")
		}
	}
	return []entity.Column{
		text(fieldID, func(r record) string { return r.id.key }),
		s.column(len(records)),
		text(fieldKind, func(r record) string { return r.kind }),
		text(fieldCollection, func(r record) string { return r.collection }),
		text(fieldSourceKey, func(r record) string { return r.source }),
		text(fieldVersion, func(r record) string { return r.version }),
		number(fieldPart, func(r record) int { return r.part }),
		number(fieldPassages, func(r record) int { return r.passages }),
		number(fieldTerms, func(r record) int { return r.terms }),
		text(fieldName, func(r record) string { return r.name }),
		text(fieldDocument, func(r record) string { return r.document }),
		text(fieldTitle, func(r record) string { return r.title }),
		text(fieldText, func(r record) string { return r.text }),
		entity.NewColumnJSONBytes(fieldMetadata, metadata),
		entity.NewColumnFloatVector(fieldVector, dummyDimensions, vectors),
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
