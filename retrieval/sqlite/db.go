package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unicode/utf8"

	driver "modernc.org/sqlite" // the driver "sqlite"
	lib "modernc.org/sqlite/lib"

	"selfrag/retrieval"
)

// Config tunes a database. Its zero value works.
type Config struct {
	// BusyTimeout is how long a write waits for another process's write to
	// end before it fails. 30 s: one document's transaction takes
	// milliseconds, so only a stuck process is ever waited for that long.
	BusyTimeout time.Duration

	// Tenant is whose collections Open returns; see DB.Tenant.
	Tenant string
}

func (c Config) withDefaults() Config {
	c.BusyTimeout = cmp.Or(c.BusyTimeout, 30*time.Second)
	return c
}

// DB is the collections of one tenant in one SQLite file. Collections of the
// same name in two tenants are two collections, and no method of a DB reaches
// another tenant's.
type DB struct {
	*file
	tenant string
	view   bool // of a file that another DB closes
}

// file is what the views of one file share.
type file struct {
	sql *sql.DB

	// One Collection a row, so that its index is in memory once however often
	// it is asked for.
	mu   sync.Mutex
	open map[int64]*Collection
}

// Tenant returns the collections of that tenant in the same file. Closing it
// does nothing: the DB that Open returned closes the file. A name is valid
// UTF-8 of at most 255 bytes; the empty one is the default tenant's.
func (db *DB) Tenant(name string) (*DB, error) {
	if err := checkTenant(name); err != nil {
		return nil, err
	}
	return &DB{file: db.file, tenant: name, view: true}, nil
}

func checkTenant(name string) error {
	if !utf8.ValidString(name) || len(name) > 255 {
		return fmt.Errorf("%.40q is not a valid tenant name: use at most 255 bytes of valid UTF-8", name)
	}
	return nil
}

// Open opens the database file at path, and makes it and its folder if they
// do not exist, readable by the owner only. It refuses a file that is not a
// SQLite database, one of another program, and one written by a newer version
// of Selfrag.
func Open(ctx context.Context, path string, cfg Config) (*DB, error) {
	cfg = cfg.withDefaults()
	if err := checkTenant(cfg.Tenant); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	if err := prepareFile(path); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	dsn, err := dataSource(path, cfg)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	pool, err := sql.Open("sqlite", dsn)
	if err != nil {
		return nil, fmt.Errorf("open database %s: %w", path, err)
	}
	if err := migrate(ctx, pool, cfg); err != nil {
		return nil, errors.Join(fmt.Errorf("open database %s: %w", path, err), pool.Close())
	}
	return &DB{file: &file{sql: pool, open: map[int64]*Collection{}}, tenant: cfg.Tenant}, nil
}

// Close releases the file. Searches and writes under way end first.
func (db *DB) Close() error {
	if db.view {
		return nil
	}
	if err := db.sql.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// prepareFile makes an empty file, private to its owner, where there is none,
// and otherwise looks whether the file can be a SQLite database: SQLite itself
// finds out only later and says less.
func prepareFile(path string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	info, err := os.Stat(path)
	switch {
	case err == nil && !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a regular file", path)
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return err
	}
	// SQLite gives its -wal and -shm files the mode of this one.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	switch {
	case errors.Is(err, io.EOF): // empty: ours to fill
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("read %s: %w", path, err)
	case string(head[:n]) != magic:
		return fmt.Errorf("%s is not a SQLite database: choose another path, or move the file away", path)
	}
	return nil
}

// dataSource names the file and the settings of each connection to the driver.
func dataSource(path string, cfg Config) (string, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	settings := url.Values{
		"_pragma": {
			fmt.Sprintf("busy_timeout(%d)", cfg.BusyTimeout.Milliseconds()),
			"foreign_keys(1)",
			"synchronous(FULL)",
		},
		// A transaction that writes takes the write lock as it begins: one
		// that read first and wrote later could fail at once, without waiting,
		// because another process wrote in between.
		"_txlock": {"immediate"},
	}
	abs = filepath.ToSlash(abs)
	if abs[0] != '/' { // a drive letter
		abs = "/" + abs
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: settings.Encode()}
	return u.String(), nil
}

// write runs f in a transaction and commits it when f returns nil.
func (db *file) write(ctx context.Context, f func(*sql.Tx) error) error {
	return db.transact(ctx, &sql.TxOptions{}, f)
}

// read runs f in a transaction that sees one state of the file throughout.
func (db *file) read(ctx context.Context, f func(*sql.Tx) error) error {
	return db.transact(ctx, &sql.TxOptions{ReadOnly: true}, f)
}

func (db *file) transact(ctx context.Context, opts *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, opts)
	if err != nil {
		return becauseOf(ctx, err)
	}
	if err := f(tx); err != nil {
		// Rolling back fails only where the transaction is gone already.
		_ = tx.Rollback()
		return becauseOf(ctx, err)
	}
	return becauseOf(ctx, tx.Commit())
}

// failedWith tells whether SQLite gave an error of a primary result code.
func failedWith(err error, code int) bool {
	var failed *driver.Error
	return errors.As(err, &failed) && failed.Code()&0xff == code
}

// becauseOf puts the context's error first when the context ended: SQLite
// reports an interrupted statement, which does not say why. A full disk is
// told as what it is.
func becauseOf(ctx context.Context, err error) error {
	if failedWith(err, lib.SQLITE_FULL) {
		return fmt.Errorf("%w: %w", retrieval.ErrFull, err)
	}
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w (%w)", ctx.Err(), err)
}
