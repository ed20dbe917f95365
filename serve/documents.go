package serve

import (
	"context"
	"fmt"
	"strings"

	"selfrag/retrieval"
)

// DocumentRecord describes a document of a collection.
type DocumentRecord struct {
	ID       string         `json:"id"` // SHA-256 of the content
	Source   string         `json:"source"`
	Title    string         `json:"title"`
	SourceID string         `json:"source_id"` // as SourceID returns it
	Metadata map[string]any `json:"metadata"`
}

func recordOf(doc retrieval.Document) DocumentRecord {
	return DocumentRecord{doc.ID, doc.Source, doc.Title, SourceID(doc.ID, doc.Source), retrieval.Shown(doc.Metadata)}
}

// DocumentRecord describes the document with the given source id.
func (s *Scope) DocumentRecord(ctx context.Context, collection, id string) (DocumentRecord, error) {
	c, err := s.collection(ctx, collection)
	if err != nil {
		return DocumentRecord{}, explain(ctx, err)
	}
	doc, err := documentNamed(ctx, c, id)
	return recordOf(doc), explain(ctx, err)
}

// RemoveDocument removes the document with the given source id.
func (s *Scope) RemoveDocument(ctx context.Context, collection, id string) error {
	c, doc, err := s.documentToChange(ctx, collection, id)
	if err != nil {
		return explain(ctx, err)
	}
	// The file goes first: a document without one still has its text, and a file
	// without a document would stay for ever.
	err = s.changeOriginals(func(o Originals) error { return o.Remove(collection, doc.Source) })
	if err == nil {
		err = c.Remove(ctx, doc.Source)
	}
	return explain(ctx, err)
}

// RenameDocument gives an uploaded document another name, from which its new
// source is made as for a file of a folder. Other documents keep their sources: another
// run of `selfrag ingest` would read their files again, and a source that a
// caller chose could name any file of the server.
func (s *Scope) RenameDocument(ctx context.Context, collection, id, name string) (DocumentRecord, error) {
	doc, err := s.renameDocument(ctx, collection, id, name)
	return recordOf(doc), explain(ctx, err)
}

func (s *Scope) renameDocument(ctx context.Context, collection, id, name string) (retrieval.Document, error) {
	if strings.TrimSpace(name) == "" {
		return retrieval.Document{}, Wrong("name", "the new name is empty")
	}
	c, doc, err := s.documentToChange(ctx, collection, id)
	if err != nil {
		return doc, err
	}
	if !strings.HasPrefix(doc.Source, UploadPrefix) {
		return doc, errorf(Conflict, "only uploaded documents can be renamed here: for others there is `selfrag documents rename`")
	}
	to := UploadPrefix + cleanPath(name)
	if err := c.Rename(ctx, doc.Source, to); err != nil {
		return doc, err
	}
	from := doc.Source
	doc.Source = to
	return doc, s.changeOriginals(func(o Originals) error { return o.Rename(collection, from, to) })
}

// documentToChange returns the document with the given source id, and its
// collection. The grant must allow writing to it.
func (s *Scope) documentToChange(ctx context.Context, collection, id string) (Collection, retrieval.Document, error) {
	c, err := s.collection(ctx, collection)
	if err == nil {
		err = s.grant.mayWrite(collection)
	}
	if err != nil {
		return nil, retrieval.Document{}, err
	}
	doc, err := documentNamed(ctx, c, id)
	return c, doc, err
}

// RenameCollection renames a collection. The sessions about it go with it. The
// grant must cover both names. Keys that name the collection do not change. An
// upload into either name that is accepted meanwhile waits for the end.
func (s *Scope) RenameCollection(ctx context.Context, from, to string) (retrieval.CollectionInfo, error) {
	if err := s.renameCollection(ctx, from, to); err != nil {
		return retrieval.CollectionInfo{}, explain(ctx, err)
	}
	return s.Collection(ctx, to)
}

// holdUploads keeps uploads into the collections waiting until release is called, so
// that a change of a collection as a whole loses no acknowledged document.
func (s *Scope) holdUploads(collections ...string) (release func(), err error) {
	tenant, err := s.grant.tenant.Name()
	if err != nil {
		return nil, err
	}
	release, ok := s.service.jobs.hold(tenant, collections...)
	if !ok {
		return nil, errorf(Conflict, "an upload into the collection or another change of it is under way: wait for its end, or cancel the upload")
	}
	return release, nil
}

func (s *Scope) renameCollection(ctx context.Context, from, to string) error {
	for _, name := range []string{from, to} {
		if err := s.mayWrite(name); err != nil {
			return err
		}
	}
	release, err := s.holdUploads(from, to)
	if err != nil {
		return err
	}
	defer release()
	lib, err := s.library(ctx)
	if err != nil {
		return err
	}
	if err := lib.Rename(ctx, from, to); err != nil {
		return err
	}
	sessions, err := s.sessions()
	if err == nil {
		err = sessions.RenameCollection(from, to)
	}
	if err != nil {
		return fmt.Errorf("the collection was renamed, but not all sessions about it were: %w", err)
	}
	if err := s.changeOriginals(func(o Originals) error { return o.RenameCollection(from, to) }); err != nil {
		return fmt.Errorf("the collection was renamed, but not the files of its uploads: %w", err)
	}
	return nil
}
