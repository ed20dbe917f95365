package milvus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"selfrag/retrieval"
)

// The kinds of rows in the records collection.
const (
	kindCollection = "collection"
	kindSuccessor  = "successor" // the collection's next embedder during a change
	kindDocument   = "document"
	kindText       = "text"
)

// found is a collection as its rows describe it.
type found struct {
	spec       retrieval.EmbedderSpec
	embedder   string // the spec as JSON
	name       string
	key        string
	created    string
	generation int // counts changes of the embedder

	// other is the successor during a change of the embedder. Once ready, it is
	// the collection as it was before, which must be tidied up. It is nil at
	// any other time.
	other *found
	// ready says that searches must use the successor. It is set in one row, so
	// that all processes change over at the same moment.
	ready bool
}

// find looks up a collection. It returns nil if there is none.
func (db *DB) find(ctx context.Context, name string) (*found, error) {
	return db.findAt(ctx, name, strong)
}

func (db *DB) findAt(ctx context.Context, name string, level consistency) (*found, error) {
	all, err := db.findAll(ctx, db.scope.these(db.recordsOf(name)), level)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// recordsOf returns the primary keys of a collection's rows.
func (db *DB) recordsOf(name string) []rowID {
	return []rowID{db.scope.id(kindCollection, name), db.scope.id(kindSuccessor, name)}
}

// collectionRows selects the rows of all collections.
func (db *DB) collectionRows() where {
	return db.scope.rows().and(fieldKind + ` in ["` + kindCollection + `","` + kindSuccessor + `"]`)
}

func (db *DB) findAll(ctx context.Context, w where, level consistency) ([]found, error) {
	has, err := db.haveRecords(ctx)
	if err != nil || !has {
		return nil, err
	}
	rows, err := db.server.query(ctx, db.records(), w, level, fieldKind, fieldName, fieldText, fieldCollection, fieldTitle, fieldPart, fieldPassages)
	if errors.Is(err, retrieval.ErrUnknownCollection) {
		db.shared.mu.Lock()
		db.shared.records = false
		db.shared.mu.Unlock()
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names, specs, keys, created := rows.texts(fieldName), rows.texts(fieldText), rows.texts(fieldCollection), rows.texts(fieldTitle)
	generations, ready := rows.ints(fieldPart), rows.ints(fieldPassages)
	collections, successors := map[string]*found{}, map[string]*found{}
	for i, kind := range rows.texts(fieldKind) {
		f := &found{embedder: specs[i], name: names[i], key: keys[i], created: created[i], generation: int(generations[i])}
		if err := json.Unmarshal([]byte(specs[i]), &f.spec); err != nil {
			return nil, fmt.Errorf("read the embedder of collection %q: %w", names[i], err)
		}
		if kind == kindSuccessor {
			f.ready = ready[i] > 0
			successors[f.name] = f
		} else {
			collections[f.name] = f
		}
	}
	return resolved(collections, successors), nil
}

// resolved returns the collections with their successors, ordered by name.
func resolved(collections, successors map[string]*found) []found {
	var all []found
	for name, f := range collections {
		if next := successors[name]; next == nil || !next.ready {
			f.other = next
			all = append(all, *f)
		}
	}
	for name, f := range successors {
		// Before 2.4 the row of the collection is missing for a moment while it
		// is replaced.
		if f.ready {
			f.other = collections[name]
			all = append(all, *f)
		}
	}
	slices.SortFunc(all, func(a, b found) int { return strings.Compare(a.name, b.name) })
	return all
}

// record writes a row of a collection.
func (db *DB) record(ctx context.Context, f found, kind string) error {
	embedder, err := json.Marshal(f.spec)
	if err != nil {
		return err
	}
	ready := 0
	if f.ready {
		ready = 1
	}
	return db.writeRecords(ctx, record{
		id: db.scope.id(kind, f.name), kind: kind, collection: collectionKey(f.name), name: f.name,
		text: string(embedder), title: f.created, part: f.generation, passages: ready,
	})
}

func (db *DB) list(ctx context.Context) ([]retrieval.CollectionInfo, error) {
	all, err := db.findAll(ctx, db.collectionRows(), strong)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	rows, err := db.server.query(ctx, db.records(), db.scope.rows(fieldKind, kindDocument), strong, fieldCollection, fieldPassages)
	if err != nil {
		return nil, err
	}
	documents, passages := map[string]int{}, map[string]int{}
	counts := rows.ints(fieldPassages)
	for i, k := range rows.texts(fieldCollection) {
		documents[k]++
		passages[k] += int(counts[i])
	}
	infos := make([]retrieval.CollectionInfo, len(all))
	for i, f := range all {
		infos[i] = retrieval.CollectionInfo{
			Name: f.name, Embedder: f.spec, Created: f.created, Documents: documents[f.key], Passages: passages[f.key],
		}
	}
	return infos, nil
}

// unknown returns an error that says that a collection does not exist and lists
// those that do.
func (db *DB) unknown(ctx context.Context) error {
	all, err := db.findAll(ctx, db.collectionRows(), strong)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return fmt.Errorf("%w: there is none yet; ingest documents first", retrieval.ErrUnknownCollection)
	}
	names := make([]string, len(all))
	for i, f := range all {
		names[i] = f.name
	}
	return fmt.Errorf("%w: there are %s", retrieval.ErrUnknownCollection, strings.Join(names, ", "))
}
