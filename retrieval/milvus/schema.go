package milvus

import (
	"context"
	"fmt"

	"selfrag/retrieval"
)

// maxBytes is the maximum length in bytes of VARCHAR and JSON in Milvus.
const maxBytes = 65535

// The fields of our Milvus collections.
const (
	fieldID         = "id"     // primary key
	fieldTenant     = "tenant" // partition key
	fieldKind       = "kind"
	fieldCollection = "collection" // key of the collection
	fieldSourceKey  = "source_key"
	fieldVersion    = "version" // key of a document's id
	fieldPart       = "part"
	fieldPassages   = "passages"
	fieldTerms      = "terms"
	fieldName       = "name"
	fieldDocument   = "document"
	fieldSource     = "source"
	fieldTitle      = "title"
	fieldText       = "text"
	fieldStart      = "start"
	fieldEnd        = "end_" // "end" alone is a keyword of some expression grammars
	fieldMetadata   = "metadata"
	fieldVector     = "vector"
	fieldSparse     = "sparse"
)

// partitions is the number of partitions for tenants. Milvus' default of 64
// makes loading a collection take seconds longer.
const partitions = 16

// dummyDimensions is the length of an unused vector. Milvus requires a vector
// in each collection.
const dummyDimensions = 2

// schema describes a Milvus collection.
type schema struct {
	name, description string
	fields            []field
}

type field struct {
	name       string
	kind       kind
	maxBytes   int // of texts
	dimensions int // of vectors that are not sparse
	primary    bool
	partition  bool // rows are distributed to partitions by it
}

// index describes an index of vectors.
type index struct {
	sparse            bool
	m, efConstruction int // of HNSW; 0: vectors are compared one by one
}

func keyField(name string) field { return field{name: name, kind: textKind, maxBytes: 64} }

func textField(name string) field { return field{name: name, kind: textKind, maxBytes: maxBytes} }

func numberField(name string) field { return field{name: name, kind: intKind} }

func vectorField(dimensions int) field {
	return field{name: fieldVector, kind: vectorKind, dimensions: dimensions}
}

func schemaOf(name, description string, fields ...field) schema {
	id, tenant := keyField(fieldID), keyField(fieldTenant)
	id.primary, tenant.partition = true, true
	all := append([]field{id, tenant}, fields...)
	return schema{name: name, description: description, fields: append(all, field{name: fieldMetadata, kind: jsonKind})}
}

// recordsSchema returns the schema for the rows of collections and documents
// and for the documents' texts.
func recordsSchema(name string) schema {
	return schemaOf(name, "Selfrag: collections, documents and their texts",
		keyField(fieldKind), keyField(fieldCollection), keyField(fieldSourceKey), keyField(fieldVersion),
		numberField(fieldPart), numberField(fieldPassages), numberField(fieldTerms),
		textField(fieldName), textField(fieldDocument), textField(fieldTitle), textField(fieldText),
		vectorField(dummyDimensions))
}

func passagesSchema(name string, spec retrieval.EmbedderSpec, sparse bool) schema {
	s := schemaOf(name, "Selfrag: passages embedded by "+spec.Model,
		keyField(fieldSourceKey), textField(fieldName), textField(fieldDocument), textField(fieldSource),
		textField(fieldTitle), textField(fieldText), numberField(fieldStart), numberField(fieldEnd),
		vectorField(vectorSize(spec)))
	if sparse {
		s.fields = append(s.fields, field{name: fieldSparse, kind: sparseKind})
	}
	return s
}

func vectorSize(spec retrieval.EmbedderSpec) int {
	if spec.Dimensions == 0 {
		return dummyDimensions
	}
	return spec.Dimensions
}

// provide creates a Milvus collection unless it exists, and returns when it can
// be searched. Several processes may do so at once.
func (s *server) provide(ctx context.Context, want schema) error {
	name := want.name
	has, err := s.conn.has(ctx, name)
	if err != nil {
		return fmt.Errorf("look for Milvus collection %s: %w", name, err)
	}
	if !has {
		if err := s.conn.create(ctx, want, partitions); err != nil {
			// Another process may have created it first.
			if has, again := s.conn.has(ctx, name); again != nil || !has {
				return fmt.Errorf("make Milvus collection %s: %w", name, err)
			}
		}
	}
	if err := s.check(ctx, want); err != nil {
		return err
	}
	for _, f := range want.fields {
		if err := s.index(ctx, name, f); err != nil {
			return fmt.Errorf("index Milvus collection %s: %w", name, err)
		}
	}
	return s.load(ctx, name)
}

func (s *server) index(ctx context.Context, name string, f field) error {
	var i index
	switch {
	case f.kind == sparseKind:
		i.sparse = true
	case f.kind != vectorKind:
		return nil
	case f.dimensions != dummyDimensions:
		i.m, i.efConstruction = s.cfg.M, s.cfg.EfConstruction
	}
	if has, err := s.conn.indexed(ctx, name, f.name); err == nil && has {
		return nil
	}
	return s.conn.index(ctx, name, f.name, i)
}

func (s *server) load(ctx context.Context, name string) error {
	if loaded, err := s.conn.loaded(ctx, name); err == nil && loaded {
		return nil
	}
	if err := s.conn.load(ctx, name); err != nil {
		return fmt.Errorf("load Milvus collection %s: %w", name, explained(err))
	}
	return nil
}

// check returns an error for a Milvus collection with a different schema: it
// belongs to another program or another version. A collection may have further
// fields that writers can leave out.
func (s *server) check(ctx context.Context, want schema) error {
	have, err := s.conn.describe(ctx, want.name)
	if err != nil {
		return fmt.Errorf("describe Milvus collection %s: %w", want.name, explained(err))
	}
	fields := map[string]field{}
	for _, f := range have.fields {
		fields[f.name] = f
	}
	for _, w := range want.fields {
		h, ok := fields[w.name]
		var wrong string
		switch {
		case !ok:
			wrong = "has no field " + w.name
		case h.kind != w.kind || h.primary != w.primary || h.partition != w.partition:
			wrong = "has another type of field " + w.name
		case h.dimensions != w.dimensions:
			wrong = fmt.Sprintf("has vectors of %d dimensions instead of %d", h.dimensions, w.dimensions)
		default:
			continue
		}
		return fmt.Errorf("the Milvus collection %s was not made by this version of selfrag: it %s; use another prefix or database, or drop it",
			want.name, wrong)
	}
	return nil
}
