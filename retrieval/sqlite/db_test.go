package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"selfrag/retrieval"
)

func TestOpenMakesPrivateFiles(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "데이터 50%?#", "deep")
	path := filepath.Join(dir, "문서 & more.db")
	c := createIn(t, openAt(t, path), 2)
	put(t, c, "a.txt", "text")
	if runtime.GOOS == "windows" {
		return // Windows has no such modes
	}
	for name, want := range map[string]os.FileMode{dir: 0o700, path: 0o600, path + "-wal": 0o600, path + "-shm": 0o600} {
		info, err := os.Stat(name)
		if err != nil {
			t.Fatal(err)
		}
		if got := info.Mode().Perm(); got != want {
			t.Errorf("%s has mode %o, want %o", name, got, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	alter := func(statement string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			db, err := sql.Open("sqlite", path)
			if err != nil {
				t.Fatal(err)
			}
			defer db.Close()
			if _, err := db.ExecContext(t.Context(), statement); err != nil {
				t.Fatal(err)
			}
		}
	}
	write := func(content string) func(t *testing.T, path string) {
		return func(t *testing.T, path string) {
			if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want string
	}{
		{"a text file", write("just some text, longer than a header"), "not a SQLite database"},
		{"a short text file", write("hi"), "not a SQLite database"},
		{"a folder", func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o700); err != nil {
				t.Fatal(err)
			}
		}, "not a regular file"},
		{"another program's database", alter(`CREATE TABLE t (x)`), "another program"},
		{"a newer schema", func(t *testing.T, path string) {
			openAt(t, path)
			alter(`PRAGMA user_version = 99`)(t, path)
		}, "newer selfrag (schema 99, this one knows 5)"},
		{"a broken database", func(t *testing.T, path string) {
			write("SQLite format 3\x00"+strings.Repeat("x", 5000))(t, path)
		}, "open database"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "selfrag.db")
			tt.make(t, path)
			_, err := Open(t.Context(), path, Config{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("got %v, want an error that names the file and says %q", err, tt.want)
			}
		})
	}
}

func TestOpenKeepsWhatWasStored(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	db, err := Open(t.Context(), path, Config{})
	if err != nil {
		t.Fatal(err)
	}
	put(t, createIn(t, db, 2), "a.txt", "the first text")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	c, err := openAt(t, path).Collection(t.Context(), "test")
	if err != nil {
		t.Fatal(err)
	}
	if got := lexical(t, c, "first", 5); len(got) != 1 {
		t.Errorf("found %v", got)
	}
	if !c.Spec().Same(testSpec(2)) {
		t.Errorf("spec is %+v", c.Spec())
	}
}

// The first process that finds no file switches its logging mode while others
// look.
func TestSwitchLoggingAtOnce(t *testing.T) {
	dir := t.TempDir()
	for i := range 100 {
		path := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		g, ctx := errgroup.WithContext(t.Context())
		for range 2 {
			g.Go(func() error {
				db, err := Open(ctx, path, Config{})
				if err != nil {
					return err
				}
				return db.Close()
			})
		}
		if err := g.Wait(); err != nil {
			t.Fatal(err)
		}
	}
}

// Several processes start at once in a new folder.
func TestOpenAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	g, ctx := errgroup.WithContext(t.Context())
	for i := range 8 {
		g.Go(func() error {
			db, err := Open(ctx, path, Config{})
			if err != nil {
				return err
			}
			defer db.Close()
			c, err := db.Create(ctx, "test", testSpec(2))
			if err != nil {
				return err
			}
			return tryPut(ctx, c, fmt.Sprintf("%d.txt", i), "text")
		})
	}
	if err := g.Wait(); err != nil {
		t.Fatal(err)
	}
	infos, err := openAt(t, path).Collections(t.Context())
	if err != nil || len(infos) != 1 || infos[0].Documents != 8 {
		t.Errorf("got %+v, %v", infos, err)
	}
}

func TestBusyWriteStopsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "selfrag.db")
	one, other := openAt(t, path), openAt(t, path)
	c := createIn(t, other, 2)
	err := one.write(t.Context(), func(*sql.Tx) error {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		if err := tryPut(ctx, c, "a.txt", "text"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, "a.txt", "text")
}

func TestCollections(t *testing.T) {
	ctx := t.Context()
	db := openAt(t, filepath.Join(t.TempDir(), "selfrag.db"))
	if _, err := db.Collection(ctx, "none"); !errors.Is(err, retrieval.ErrUnknownCollection) || !strings.Contains(err.Error(), "none yet") {
		t.Errorf("got %v", err)
	}
	for _, name := range []string{"handbook", "회의록-2025", "a.b_c"} {
		if _, err := db.Create(ctx, name, testSpec(3)); err != nil {
			t.Fatal(err)
		}
	}
	_, err := db.Collection(ctx, "handbok")
	if !errors.Is(err, retrieval.ErrUnknownCollection) || !strings.Contains(err.Error(), "a.b_c, handbook, 회의록-2025") {
		t.Errorf("got %v", err)
	}
	again, err := db.Create(ctx, "handbook", testSpec(3))
	if err != nil {
		t.Fatal(err)
	}
	put(t, again, "a.txt", "one", "two")

	other := testSpec(4)
	var mismatch *retrieval.EmbedderMismatchError
	if _, err := db.Create(ctx, "handbook", other); !errors.As(err, &mismatch) || !mismatch.Want.Same(other) {
		t.Errorf("got %v", err)
	}
	info, err := again.Info(ctx)
	if err != nil || info.Name != "handbook" || info.Documents != 1 || info.Passages != 2 || !info.Embedder.Same(testSpec(3)) {
		t.Errorf("got %+v, %v", info, err)
	}
	if _, err := time.Parse(time.RFC3339, info.Created); err != nil {
		t.Error(err)
	}

	if err := db.Delete(ctx, "handbook"); err != nil {
		t.Fatal(err)
	}
	if err := db.Delete(ctx, "handbook"); !errors.Is(err, retrieval.ErrUnknownCollection) {
		t.Errorf("got %v", err)
	}
	infos, err := db.Collections(ctx)
	if err != nil || len(infos) != 2 || infos[0].Name != "a.b_c" {
		t.Errorf("got %+v, %v", infos, err)
	}
	// Users of the old collection get an error; a new collection of the same
	// name is a different one.
	fresh, err := db.Create(ctx, "handbook", other)
	if err != nil {
		t.Fatal(err)
	}
	put(t, fresh, "b.txt", "three")
	_, infoErr := again.Info(ctx)
	_, searchErr := again.Lexical(ctx, retrieval.Request{Text: "one", K: 1})
	_, denseErr := again.Dense(ctx, retrieval.Request{Vector: []float32{1, 0, 0}, K: 1})
	for _, err := range []error{infoErr, searchErr, denseErr, tryPut(ctx, again, "c.txt", "four")} {
		if !errors.Is(err, retrieval.ErrUnknownCollection) {
			t.Errorf("a deleted collection gives %v", err)
		}
	}
}

func TestCreateRefuses(t *testing.T) {
	db := openAt(t, filepath.Join(t.TempDir(), "selfrag.db"))
	for _, name := range []string{"", "a b", "a/b", "a'b", `a"; DROP TABLE passages`, strings.Repeat("가", 65), "a\x00", "\xff"} {
		if _, err := db.Create(t.Context(), name, testSpec(2)); err == nil {
			t.Errorf("%q was taken for a name", name)
		}
	}
	if _, err := db.Create(t.Context(), strings.Repeat("가", 64), testSpec(2)); err != nil {
		t.Error(err)
	}
	for _, spec := range []retrieval.EmbedderSpec{
		{Dimensions: 2}, {Model: "m", Dimensions: -1}, {Model: "m", Dimensions: 1 << 20},
		{Model: "m", Dimensions: 2, Metric: "euclidean"},
	} {
		if _, err := db.Create(t.Context(), "test", spec); err == nil {
			t.Errorf("%+v was taken", spec)
		}
	}
}
