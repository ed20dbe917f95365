package milvus

import (
	"fmt"
	"unicode/utf8"

	"selfrag/retrieval"
)

// row is a passage with the columns of its row in Milvus.
type row struct {
	retrieval.Passage
	id       rowID
	metadata []byte
	vector   []float32
	sparse   sparseVector // without positions: the server has no such vectors
	terms    int
}

func (r row) bytes() int {
	return len(r.ID) + len(r.Document) + len(r.Source) + len(r.Title) + len(r.Text) + len(r.metadata) + 4*len(r.vector) +
		8*len(r.sparse.positions) + 512
}

func (c *Collection) prepare(doc retrieval.Document, passages []retrieval.Passage, vectors [][]float32) ([]row, error) {
	if len(vectors) != len(passages) {
		return nil, fmt.Errorf("it has %d passages but %d vectors", len(passages), len(vectors))
	}
	rows := make([]row, len(passages))
	for i, p := range passages {
		unit, err := retrieval.UnitVector(vectors[i], c.spec.Dimensions)
		if err != nil {
			return nil, fmt.Errorf("vector of passage %s: %w", p.ID, err)
		}
		if c.spec.Dimensions == 0 {
			unit = []float32{1, 0}
		}
		p.Document, p.Source = doc.ID, doc.Source
		if err := checkSizes(p); err != nil {
			return nil, err
		}
		metadata, err := encodeMetadata(p.Metadata)
		if err != nil {
			return nil, fmt.Errorf("passage %s: %w", p.ID, err)
		}
		rows[i] = row{Passage: p, id: c.db.scope.id("passage", c.name, p.ID), metadata: metadata, vector: unit}
	}
	if !c.db.server.sparse {
		return rows, nil
	}
	weigh(rows)
	return rows, nil
}

// checkSizes returns an error for text that Milvus would not accept. Text is
// never cut.
func checkSizes(p retrieval.Passage) error {
	for _, f := range []struct{ name, text string }{{"id", p.ID}, {"title", p.Title}, {"text", p.Text}} {
		switch {
		case len(f.text) > maxBytes:
			return fmt.Errorf("the %s of passage %.64s has %d bytes, and Milvus takes at most %d: split into smaller passages",
				f.name, p.ID, len(f.text), maxBytes)
		case !utf8.ValidString(f.text):
			return fmt.Errorf("the %s of passage %.64q is not valid UTF-8", f.name, p.ID)
		}
	}
	return nil
}

func (c *Collection) columns(rows []row) table {
	metadata, vectors, sparse := make([][]byte, len(rows)), make([][]float32, len(rows)), make([]sparseVector, len(rows))
	for i, r := range rows {
		metadata[i], vectors[i], sparse[i] = r.metadata, r.vector, r.sparse
	}
	columns := table{
		textColumn(fieldID, rows, func(r row) string { return r.id.key }),
		textColumn(fieldTenant, rows, func(row) string { return c.db.scope.tenant }),
		textColumn(fieldSourceKey, rows, func(r row) string { return key(r.Source) }),
		textColumn(fieldName, rows, func(r row) string { return r.ID }),
		textColumn(fieldDocument, rows, func(r row) string { return r.Document }),
		textColumn(fieldSource, rows, func(r row) string { return r.Source }),
		textColumn(fieldTitle, rows, func(r row) string { return r.Title }),
		textColumn(fieldText, rows, func(r row) string { return r.Text }),
		intColumn(fieldStart, rows, func(r row) int { return r.Start }),
		intColumn(fieldEnd, rows, func(r row) int { return r.End }),
		{name: fieldMetadata, kind: jsonKind, json: metadata},
		{name: fieldVector, kind: vectorKind, vectors: vectors},
	}
	if c.db.server.sparse {
		columns = append(columns, column{name: fieldSparse, kind: sparseKind, sparse: sparse})
	}
	return columns
}
