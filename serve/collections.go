package serve

import (
	"context"

	"selfrag/retrieval"
)

// Collections describes the collections that the grant covers.
func (s *Scope) Collections(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	lib, err := s.library(ctx)
	if err != nil {
		return nil, explain(ctx, err)
	}
	all, err := lib.Collections(ctx)
	if err != nil {
		return nil, explain(ctx, err)
	}
	mine := []retrieval.CollectionInfo{}
	for _, info := range all {
		if s.grant.reads(info.Name) {
			mine = append(mine, info)
		}
	}
	return mine, nil
}

// Collection describes a collection.
func (s *Scope) Collection(ctx context.Context, name string) (retrieval.CollectionInfo, error) {
	c, err := s.collection(ctx, name)
	if err != nil {
		return retrieval.CollectionInfo{}, explain(ctx, err)
	}
	info, err := c.Info(ctx)
	return info, explain(ctx, err)
}

// Documents describes the documents of a collection, ordered by source.
func (s *Scope) Documents(ctx context.Context, collection string) ([]retrieval.DocumentInfo, error) {
	c, err := s.collection(ctx, collection)
	if err != nil {
		return nil, explain(ctx, err)
	}
	docs, err := c.Documents(ctx)
	if docs == nil {
		docs = []retrieval.DocumentInfo{}
	}
	return docs, explain(ctx, err)
}

// DeleteCollection removes a collection and everything in it. An upload into it
// that is accepted meanwhile waits for the end and makes the collection anew.
func (s *Scope) DeleteCollection(ctx context.Context, name string) error {
	if err := s.mayWrite(name); err != nil {
		return err
	}
	release, err := s.holdUploads(name)
	if err != nil {
		return explain(ctx, err)
	}
	defer release()
	lib, err := s.library(ctx)
	if err != nil {
		return explain(ctx, err)
	}
	err = s.changeOriginals(func(o Originals) error { return o.RemoveCollection(name) })
	if err == nil {
		err = lib.Delete(ctx, name)
	}
	return explain(ctx, err)
}

// Writes reports whether the grant allows changes of the collections that it
// covers.
func (s *Scope) Writes() bool { return s.grant.write }

func (s *Scope) mayWrite(collection string) error {
	if err := retrieval.CheckName(collection); err != nil {
		return Wrong("collection", "%v", err)
	}
	return s.grant.mayWrite(collection)
}
