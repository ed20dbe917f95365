package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	lib "modernc.org/sqlite/lib"
)

// applicationID marks a file as Selfrag's ("SRAG"), in the header field that
// SQLite has for that.
const applicationID = 0x53524147

// migration changes the schema within a transaction.
type migration func(ctx context.Context, tx *sql.Tx) error

func sqlMigration(statements string) migration {
	return func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, statements)
		return err
	}
}

// migrations bring a file from each schema version to the next. PRAGMA
// user_version holds the version of a file. Append to the list; never change an
// entry.
//
// Each collection has tables of its own, created with it: see collectionTables.
//
// Passages are numbered by AUTOINCREMENT: numbers only grow, in the order of
// commits, and are never used again. So the passages that were added since a
// search have higher numbers than those that the search saw.
var migrations = []migration{sqlMigration(`
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
`), addTenantsAndIndex, sqlMigration(`
ALTER TABLE collections ADD COLUMN generation INTEGER NOT NULL DEFAULT 0; -- counts changes of the embedder
ALTER TABLE collections ADD COLUMN new_embedder TEXT; -- that it is being changed over to; NULL: none
`), countTermsAnew, addRuns}

// collectionTables creates the tables of one collection; %[1]d is its number.
//
// The vocabulary numbers the terms of the collection. A number is never given
// to another term, and a term keeps its number even if no passage contains it
// any more.
//
// Lexical search reads the terms: how often each passage contains which term
// (see block.go). The vectors are little-endian float32 of unit length, one
// passage after another. Both tables keep up to blockPassages neighbouring
// passages of a document in one row, so that all of them can be read in one
// quick sweep. The column first is the number of the first passage; the others
// follow without a gap.
const collectionTables = `
CREATE TABLE vocabulary_%[1]d (
	id   INTEGER PRIMARY KEY,
	term TEXT NOT NULL UNIQUE
) STRICT;
CREATE TABLE terms_%[1]d (
	first INTEGER PRIMARY KEY,
	terms BLOB NOT NULL
) STRICT;
CREATE TABLE vectors_%[1]d (
	first   INTEGER PRIMARY KEY,
	vectors BLOB NOT NULL
) STRICT;
`

// runTables creates the tables of one collection whose rows are runs of
// passages; %[1]d is its number. They repeat what the terms and the vectors
// hold, in a form that is searched without reading all of it.
//
// The numbers of passages are those of appendIDs. In the segments, the numbers
// of terms of the passages follow them, as uvarints. See stored for the
// postings.
//
// A removal counts only if it was after the last one that a run takes into
// account, its column since. Runs and removals are numbered by AUTOINCREMENT,
// so that a number always means the same.
const runTables = `
CREATE TABLE codes_%[1]d (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	first    INTEGER NOT NULL, -- numbers of the first and the last passage
	last     INTEGER NOT NULL,
	passages INTEGER NOT NULL,
	since    INTEGER NOT NULL, -- number of a removal
	numbers  BLOB NOT NULL,    -- of the passages
	centre   BLOB NOT NULL,    -- see chunk, float32
	codes    BLOB NOT NULL,    -- of quant.Codes
	UNIQUE (first, last)
) STRICT;
CREATE TABLE segments_%[1]d (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	first    INTEGER NOT NULL,
	last     INTEGER NOT NULL,
	passages INTEGER NOT NULL,
	since    INTEGER NOT NULL,
	numbers  BLOB NOT NULL,
	UNIQUE (first, last)
) STRICT;
CREATE TABLE postings_%[1]d (
	key   INTEGER PRIMARY KEY, -- segment and first term
	lists BLOB NOT NULL
) STRICT;
CREATE TABLE removed_%[1]d (
	id       INTEGER PRIMARY KEY AUTOINCREMENT,
	first    INTEGER NOT NULL, -- number of the first of neighbouring passages
	passages INTEGER NOT NULL
) STRICT;
`

// migrate checks that the file is Selfrag's and not newer than this program,
// and brings its schema up to date.
func migrate(ctx context.Context, db *sql.DB, cfg Config) error {
	if err := logAhead(ctx, db, cfg.BusyTimeout); err != nil {
		return fmt.Errorf("switch to write-ahead logging: %w", err)
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return fmt.Errorf("connect: %w", err)
	}
	defer conn.Close()
	// A table that others refer to can be recreated only without checks of
	// foreign keys, and these cannot be switched within a transaction.
	if _, err := conn.ExecContext(ctx, "PRAGMA foreign_keys = OFF"); err != nil {
		return fmt.Errorf("switch off foreign keys: %w", err)
	}
	err = migrateOn(ctx, conn)
	if _, back := conn.ExecContext(context.WithoutCancel(ctx), "PRAGMA foreign_keys = ON"); back != nil {
		return errors.Join(err, fmt.Errorf("switch on foreign keys: %w", back))
	}
	return err
}

// logAhead switches to write-ahead logging, so that readers can continue while
// one process writes. If another process does the same to a new file at this
// moment, SQLite returns an error at once, without the usual wait, so logAhead
// waits instead.
func logAhead(ctx context.Context, db *sql.DB, patience time.Duration) error {
	const again = 5 * time.Millisecond
	for waited := time.Duration(0); ; waited += again {
		_, err := db.ExecContext(ctx, "PRAGMA journal_mode = WAL")
		if !failedWith(err, lib.SQLITE_BUSY) || waited >= patience {
			return becauseOf(ctx, err)
		}
		select {
		case <-ctx.Done():
			return becauseOf(ctx, err)
		case <-time.After(again):
		}
	}
}

func migrateOn(ctx context.Context, conn *sql.Conn) error {
	tx, err := conn.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("lock the file: %w", err)
	}
	defer func() { _ = tx.Rollback() }() // does nothing after a commit
	version, err := schemaVersion(ctx, tx)
	if err != nil || version == len(migrations) {
		return err
	}
	for ; version < len(migrations); version++ {
		if err := migrations[version](ctx, tx); err != nil {
			return fmt.Errorf("update the schema from version %d: %w", version, err)
		}
	}
	mark := fmt.Sprintf("PRAGMA application_id = %d; PRAGMA user_version = %d", applicationID, len(migrations))
	if _, err := tx.ExecContext(ctx, mark); err != nil {
		return fmt.Errorf("record the schema version: %w", err)
	}
	return tx.Commit()
}

// schemaVersion returns the version of the file's schema, 0 for an empty file.
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
