package sqlite

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"reflect"
	"testing"

	"selfrag/retrieval"
)

// A file with the first version of the schema is migrated completely.
func TestMigrateFromFirstVersion(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "selfrag.db")
	writeFirstVersion(t, path)

	db := openAt(t, path)
	for name, dimensions := range map[string]int{"vectors": 3, "words": 0} {
		c, err := db.Collection(ctx, name)
		if err != nil {
			t.Fatal(err)
		}
		fresh, err := db.Create(ctx, "fresh-"+name, testSpec(dimensions))
		if err != nil {
			t.Fatal(err)
		}
		for _, d := range firstDocuments() {
			if err := fresh.Put(ctx, d.doc, d.passages, vectorsOf(d.passages, dimensions)); err != nil {
				t.Fatal(err)
			}
		}
		for _, query := range []string{"water", "조수 문", "passage 7 of b.txt"} {
			got, want := lexical(t, c, query, 500), lexical(t, fresh, query, 500)
			if !reflect.DeepEqual(got, want) || len(got) == 0 {
				t.Errorf("%s in %s: got %v, want %v", query, name, idsOf(got), idsOf(want))
			}
			if dimensions == 0 {
				continue
			}
			if got, want := dense(t, c, query, 500), dense(t, fresh, query, 500); !reflect.DeepEqual(got, want) || len(got) == 0 {
				t.Errorf("%s in %s: got %v, want %v", query, name, idsOf(got), idsOf(want))
			}
		}
		put(t, c, "a.txt", "replaced")
		if got := lexical(t, c, "tidegate", 500); len(got) != 0 {
			t.Errorf("what was replaced is found: %v", idsOf(got))
		}
	}
	// The number of a deleted collection is not used again.
	last, err := db.Create(ctx, "last", testSpec(2))
	if err != nil || last.id <= 9 {
		t.Errorf("the new collection has number %d, %v", last.id, err)
	}
	if err := db.Delete(ctx, "vectors"); err != nil {
		t.Fatal(err)
	}
	var left int
	err = db.sql.QueryRowContext(ctx, `SELECT count(*) FROM passages WHERE collection = 1`).Scan(&left)
	if err != nil || left != 0 {
		t.Errorf("%d passages outlive their collection, %v", left, err)
	}
}

type storedDocument struct {
	doc      retrieval.Document
	passages []retrieval.Passage
}

func firstDocuments() []storedDocument {
	texts := map[string][]string{
		"a.txt": {"The tidegate opens at high water.", "조수 문은 만조에 열린다."},
		"b.txt": nil,
	}
	for i := range 2*blockPassages + 5 {
		texts["b.txt"] = append(texts["b.txt"], fmt.Sprintf("passage %d of b.txt is about water", i))
	}
	var all []storedDocument
	for _, source := range []string{"a.txt", "b.txt"} {
		doc, passages := document(source, texts[source]...)
		all = append(all, storedDocument{doc, passages})
	}
	return all
}

// writeFirstVersion writes a file with the collections "vectors", of 3
// dimensions, and "words", of none. Their passages alternate.
func writeFirstVersion(t *testing.T, path string) {
	t.Helper()
	db, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	run := func(statement string, args ...any) {
		t.Helper()
		if _, err := tx.ExecContext(t.Context(), statement, args...); err != nil {
			t.Fatal(err)
		}
	}
	if err := migrations[0](t.Context(), tx); err != nil {
		t.Fatal(err)
	}
	run(fmt.Sprintf(`PRAGMA application_id = %d`, applicationID))
	run(`PRAGMA user_version = 1`)
	const spec = `{"model":"test/hash","dimensions":%d,"metric":"cosine"}`
	run(`INSERT INTO collections (id, name, embedder, created) VALUES
		(1, 'vectors', ?, '2025-01-02T03:04:05Z'), (2, 'words', ?, '2025-01-02T03:04:05Z'), (9, 'gone', '', '')`,
		fmt.Sprintf(spec, 3), fmt.Sprintf(spec, 0))
	run(`DELETE FROM collections WHERE id = 9`)
	for id := range 2 {
		run(fmt.Sprintf(`
CREATE VIRTUAL TABLE terms_%[1]d USING fts5(terms, content='', contentless_delete=1, tokenize='ascii');
CREATE TABLE vectors_%[1]d (passage INTEGER PRIMARY KEY, vector BLOB NOT NULL) STRICT;`, id+1))
	}
	for n, d := range firstDocuments() {
		for id := 1; id <= 2; id++ {
			run(`INSERT INTO documents (id, collection, source, hash, title, text, metadata) VALUES (?, ?, ?, ?, ?, ?, '{}')`,
				10*n+id, id, d.doc.Source, d.doc.ID, d.doc.Title, d.doc.Text)
		}
		for _, p := range d.passages {
			for id := 1; id <= 2; id++ {
				run(`INSERT INTO passages (collection, document, name, title, text, start, "end", metadata) VALUES (?, ?, ?, ?, ?, ?, ?, '{}')`,
					id, 10*n+id, p.ID, p.Title, p.Text, p.Start, p.End)
			}
			unit, err := retrieval.UnitVector(vectorOf(p.Text, 3), 3)
			if err != nil {
				t.Fatal(err)
			}
			run(`INSERT INTO vectors_1 SELECT id, ? FROM passages WHERE collection = 1 AND name = ?`, appendEncoded(nil, unit), p.ID)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
}
