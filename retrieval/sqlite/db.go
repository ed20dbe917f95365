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

	driver "modernc.org/sqlite" // registers the driver "sqlite"
	lib "modernc.org/sqlite/lib"

	"selfrag/retrieval"
)

// Config configures a database. Its zero value works.
type Config struct {
	// BusyTimeout is how long a write waits for a write of another process
	// before it fails. 30 s: the transaction of a document takes milliseconds,
	// so only a stuck process takes that long.
	BusyTimeout time.Duration

	// Tenant is the tenant whose collections Open returns; see DB.Tenant.
	Tenant string
}

func (c Config) withDefaults() Config {
	c.BusyTimeout = cmp.Or(c.BusyTimeout, 30*time.Second)
	return c
}

// DB holds the collections of one tenant in a SQLite file. Collections with the
// same name in two tenants are two collections, and no method of a DB reaches
// those of another tenant.
type DB struct {
	*file
	tenant string
	view   bool // a view of a file that another DB closes
}

// file is the common part of all views of a file.
type file struct {
	sql         *sql.DB
	runPassages int // number of passages of a new run

	// One Collection per row, so that an index is in memory only once, however
	// often the collection is opened.
	mu   sync.Mutex
	open map[int64]*Collection
}

// Tenant returns the collections of another tenant in the same file. Closing
// the result does nothing: the DB that Open returned closes the file. A
// tenant's name is valid UTF-8 of at most 255 bytes. The empty name is the
// default tenant.
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

// Open opens the database file at path. It creates the file and its folder if
// they do not exist, readable by the owner only. It returns an error for a file
// that is not a SQLite database, for a database of another program, and for one
// that a newer version of Selfrag has written.
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
	return &DB{file: &file{sql: pool, runPassages: runPassages, open: map[int64]*Collection{}}, tenant: cfg.Tenant}, nil
}

// Close closes the file after the searches and writes in progress have ended.
func (db *DB) Close() error {
	if db.view {
		return nil
	}
	if err := db.sql.Close(); err != nil {
		return fmt.Errorf("close database: %w", err)
	}
	return nil
}

// prepareFile creates an empty file, private to its owner, if there is none.
// Otherwise it checks that the file can be a SQLite database, because SQLite
// itself notices that later and says less.
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
	// SQLite gives its -wal and -shm files the same mode as this file.
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return err
	}
	defer f.Close()
	const magic = "SQLite format 3\x00"
	head := make([]byte, len(magic))
	n, err := io.ReadFull(f, head)
	switch {
	case errors.Is(err, io.EOF): // an empty file can be used
		return nil
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("read %s: %w", path, err)
	case string(head[:n]) != magic:
		return fmt.Errorf("%s is not a SQLite database: choose another path, or move the file away", path)
	}
	return nil
}

// dataSource returns the data source name: the file with the settings of each
// connection.
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
		// A transaction that writes takes the write lock at its beginning. If
		// it read first and wrote later, it could fail at once, without
		// waiting, because another process had written in between.
		"_txlock": {"immediate"},
	}
	abs = filepath.ToSlash(abs)
	if abs[0] != '/' { // a drive letter
		abs = "/" + abs
	}
	u := url.URL{Scheme: "file", Path: abs, RawQuery: settings.Encode()}
	return u.String(), nil
}

// write runs f in a transaction and commits it if f returns nil.
func (db *file) write(ctx context.Context, f func(*sql.Tx) error) error {
	return db.transact(ctx, &sql.TxOptions{}, f)
}

// read runs f in a transaction that sees a single state of the file.
func (db *file) read(ctx context.Context, f func(*sql.Tx) error) error {
	return db.transact(ctx, &sql.TxOptions{ReadOnly: true}, f)
}

func (db *file) transact(ctx context.Context, opts *sql.TxOptions, f func(*sql.Tx) error) error {
	tx, err := db.sql.BeginTx(ctx, opts)
	if err != nil {
		return becauseOf(ctx, err)
	}
	if err := f(tx); err != nil {
		// Rollback fails only if the transaction has already ended.
		_ = tx.Rollback()
		return becauseOf(ctx, err)
	}
	return becauseOf(ctx, tx.Commit())
}

// failedWith reports whether err is an error of SQLite with the given primary
// result code.
func failedWith(err error, code int) bool {
	var failed *driver.Error
	return errors.As(err, &failed) && failed.Code()&0xff == code
}

// becauseOf puts the context's error first if the context has ended: SQLite
// only reports an interrupted statement, without the reason. It marks a full
// disk with retrieval.ErrFull.
func becauseOf(ctx context.Context, err error) error {
	if failedWith(err, lib.SQLITE_FULL) {
		return fmt.Errorf("%w: %w", retrieval.ErrFull, err)
	}
	if err == nil || ctx.Err() == nil || errors.Is(err, ctx.Err()) {
		return err
	}
	return fmt.Errorf("%w (%w)", ctx.Err(), err)
}
