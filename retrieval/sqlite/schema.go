package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// applicationID marks a file as Selfrag's ("SRAG"), in SQLite's header field
// of that name.
const applicationID = 0x53524147

// migrations bring a file from each schema version to the next; the version of
// a file is in its PRAGMA user_version. Append, never change.
//
// A collection has two tables more, made with it: see collectionTables.
//
// Passages are numbered by AUTOINCREMENT: numbers only grow, in the order of
// commits, and are never used again. So what was added since a search is what
// has a higher number than the search saw.
var migrations = []string{`
CREATE TABLE collections (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	name     TEXT NOT NULL UNIQUE,
	embedder TEXT NOT NULL,             -- retrieval.EmbedderSpec as JSON
	created  TEXT NOT NULL,             -- RFC 3339, UTC
	version  INTEGER NOT NULL DEFAULT 0, -- counts writes
	removals INTEGER NOT NULL DEFAULT 0  -- counts writes that removed passages
) STRICT;
CREATE TABLE documents (
	id         INTEGER PRIMARY KEY,
	collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
	source     TEXT NOT NULL,
	hash       TEXT NOT NULL, -- retrieval.Document.ID
	title      TEXT NOT NULL,
	text       TEXT NOT NULL,
	metadata   TEXT NOT NULL, -- JSON object
	UNIQUE (collection, source)
) STRICT;
CREATE TABLE passages (
	id         INTEGER PRIMARY KEY AUTOINCREMENT,
	collection INTEGER NOT NULL REFERENCES collections ON DELETE CASCADE,
	document   INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
	name       TEXT NOT NULL, -- retrieval.Passage.ID
	title      TEXT NOT NULL,
	text       TEXT NOT NULL,
	start      INTEGER NOT NULL,
	"end"      INTEGER NOT NULL,
	metadata   TEXT NOT NULL, -- JSON object
	UNIQUE (collection, name)
) STRICT;
CREATE INDEX passages_by_document ON passages (document);
`}

// collectionTables are those that a collection has for itself; %[1]d is its
// number.
//
// The terms, because BM25 weighs a term by how rare it is in the collection,
// not in the file. The index keeps no text (content=”), since the passages
// have it. Tokens come prepared from Go (see terms), one space between; the
// ascii tokenizer takes every rune beyond ASCII as part of a token and so
// changes none of them.
//
// The vectors, so that they lie together on the disk and are read in one
// sweep: little-endian float32, unit length.
const collectionTables = `
CREATE VIRTUAL TABLE terms_%[1]d USING fts5(
	terms, content='', contentless_delete=1, tokenize='ascii');
CREATE TABLE vectors_%[1]d (
	passage INTEGER PRIMARY KEY,
	vector  BLOB NOT NULL
) STRICT;
`

// migrate checks that the file is ours and not newer than we are, and brings
// its schema up to date.
func migrate(ctx context.Context, db *sql.DB) error {
	// Readers go on while one process writes.
	if _, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL"); err != nil {
		return fmt.Errorf("switch to write-ahead logging: %w", err)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("lock the file: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // nothing after a commit
	version, err := schemaVersion(ctx, tx)
	if err != nil || version == len(migrations) {
		return err
	}
	for _, m := range migrations[version:] {
		if _, err := tx.ExecContext(ctx, m); err != nil {
			return fmt.Errorf("update the schema from version %d: %w", version, err)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations))
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return fmt.Errorf("record the schema version: %w", err)
	}
	return tx.Commit()
}

// schemaVersion is the version of the file's schema, 0 when it is empty.
func schemaVersion(ctx context.Context, tx *sql.Tx) (int, error) {
	var application, version, tables int
	row := tx.QueryRowContext(ctx, `SELECT
		(SELECT application_id FROM pragma_application_id),
		(SELECT user_version FROM pragma_user_version),
		(SELECT count(*) FROM sqlite_schema)`)
	if err := row.Scan(&application, &version, &tables); err != nil {
		return 0, fmt.Errorf("read the schema version: %w", err)
	}
	switch {
	case application != applicationID && (tables > 0 || version > 0):
		return 0, fmt.Errorf("it is the SQLite database of another program: choose another path")
	case version > len(migrations):
		return 0, fmt.Errorf("it was written by a newer selfrag (schema %d, this one knows %d): update selfrag",
			version, len(migrations))
	}
	return version, nil
}
