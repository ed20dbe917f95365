package milvus

import (
	"context"
	"fmt"
	"strconv"

	"github.com/milvus-io/milvus-sdk-go/v2/client"
	"github.com/milvus-io/milvus-sdk-go/v2/entity"

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

func keyField(name string) *entity.Field {
	return entity.NewField().WithName(name).WithDataType(entity.FieldTypeVarChar).WithMaxLength(64)
}

func textField(name string) *entity.Field {
	return entity.NewField().WithName(name).WithDataType(entity.FieldTypeVarChar).WithMaxLength(maxBytes)
}

func numberField(name string) *entity.Field {
	return entity.NewField().WithName(name).WithDataType(entity.FieldTypeInt64)
}

func vectorField(dimensions int) *entity.Field {
	return entity.NewField().WithName(fieldVector).WithDataType(entity.FieldTypeFloatVector).WithDim(int64(dimensions))
}

func schemaOf(name, description string, fields ...*entity.Field) *entity.Schema {
	schema := entity.NewSchema().WithName(name).WithDescription(description).
		WithField(keyField(fieldID).WithIsPrimaryKey(true)).
		WithField(keyField(fieldTenant).WithIsPartitionKey(true))
	for _, f := range fields {
		schema = schema.WithField(f)
	}
	return schema.WithField(entity.NewField().WithName(fieldMetadata).WithDataType(entity.FieldTypeJSON))
}

// recordsSchema returns the schema for the rows of collections and documents
// and for the documents' texts.
func recordsSchema(name string) *entity.Schema {
	return schemaOf(name, "Selfrag: collections, documents and their texts",
		keyField(fieldKind), keyField(fieldCollection), keyField(fieldSourceKey), keyField(fieldVersion),
		numberField(fieldPart), numberField(fieldPassages), numberField(fieldTerms),
		textField(fieldName), textField(fieldDocument), textField(fieldTitle), textField(fieldText),
		vectorField(dummyDimensions))
}

func passagesSchema(name string, spec retrieval.EmbedderSpec, sparse bool) *entity.Schema {
	schema := schemaOf(name, "Selfrag: passages embedded by "+spec.Model,
		keyField(fieldSourceKey), textField(fieldName), textField(fieldDocument), textField(fieldSource),
		textField(fieldTitle), textField(fieldText), numberField(fieldStart), numberField(fieldEnd),
		vectorField(vectorSize(spec)))
	if sparse {
		schema = schema.WithField(entity.NewField().WithName(fieldSparse).WithDataType(entity.FieldTypeSparseVector))
	}
	return schema
}

func vectorSize(spec retrieval.EmbedderSpec) int {
	if spec.Dimensions == 0 {
		return dummyDimensions
	}
	return spec.Dimensions
}

// provide creates a Milvus collection unless it exists, and returns when it can
// be searched. Several processes may do so at once.
func (s *server) provide(ctx context.Context, schema *entity.Schema) error {
	name := schema.CollectionName
	has, err := s.client.HasCollection(ctx, name)
	if err != nil {
		return fmt.Errorf("look for Milvus collection %s: %w", name, err)
	}
	if !has {
		err := s.client.CreateCollection(ctx, schema, 1,
			client.WithPartitionNum(partitions), client.WithConsistencyLevel(entity.ClBounded))
		if err != nil {
			// Another process may have created it first.
			if has, again := s.client.HasCollection(ctx, name); again != nil || !has {
				return fmt.Errorf("make Milvus collection %s: %w", name, err)
			}
		}
	}
	if err := s.check(ctx, schema); err != nil {
		return err
	}
	for _, f := range schema.Fields {
		if err := s.index(ctx, name, f); err != nil {
			return fmt.Errorf("index Milvus collection %s: %w", name, err)
		}
	}
	return s.load(ctx, name)
}

func (s *server) index(ctx context.Context, name string, f *entity.Field) (err error) {
	var index entity.Index
	switch {
	case f.DataType == entity.FieldTypeSparseVector:
		index, err = entity.NewIndexSparseInverted(entity.IP, 0)
	case f.DataType == entity.FieldTypeFloatVector && f.TypeParams[entity.TypeParamDim] == strconv.Itoa(dummyDimensions):
		index, err = entity.NewIndexFlat(entity.IP)
	case f.DataType == entity.FieldTypeFloatVector:
		index, err = entity.NewIndexHNSW(entity.IP, s.cfg.M, s.cfg.EfConstruction)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if have, err := s.client.DescribeIndex(ctx, name, f.Name); err == nil && len(have) > 0 {
		return nil
	}
	return s.client.CreateIndex(ctx, name, f.Name, index, false)
}

func (s *server) load(ctx context.Context, name string) error {
	if state, err := s.client.GetLoadState(ctx, name, nil); err == nil && state == entity.LoadStateLoaded {
		return nil
	}
	if err := s.client.LoadCollection(ctx, name, false); err != nil {
		return fmt.Errorf("load Milvus collection %s: %w", name, explained(err))
	}
	return nil
}

// check returns an error for a Milvus collection with a different schema: it
// belongs to another program or another version.
func (s *server) check(ctx context.Context, want *entity.Schema) error {
	have, err := s.client.DescribeCollection(ctx, want.CollectionName)
	if err != nil {
		return fmt.Errorf("describe Milvus collection %s: %w", want.CollectionName, explained(err))
	}
	fields := map[string]*entity.Field{}
	for _, f := range have.Schema.Fields {
		fields[f.Name] = f
	}
	for _, w := range want.Fields {
		h, ok := fields[w.Name]
		var wrong string
		switch {
		case !ok:
			wrong = "has no field " + w.Name
		case h.DataType != w.DataType || h.PrimaryKey != w.PrimaryKey || h.IsPartitionKey != w.IsPartitionKey:
			wrong = "has another type of field " + w.Name
		case h.TypeParams[entity.TypeParamDim] != w.TypeParams[entity.TypeParamDim]:
			wrong = fmt.Sprintf("has vectors of %s dimensions instead of %s", h.TypeParams[entity.TypeParamDim], w.TypeParams[entity.TypeParamDim])
		default:
			continue
		}
		return fmt.Errorf("the Milvus collection %s was not made by this version of selfrag: it %s; use another prefix or database, or drop it",
			want.CollectionName, wrong)
	}
	return nil
}
