package sqlite

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/retrieval"
)

func tenant(tb testing.TB, db *DB, name string) *DB {
	tb.Helper()
	view, err := db.Tenant(name)
	if err != nil {
		tb.Fatal(err)
	}
	return view
}

// Tenants can neither see nor change each other's collections, whatever the
// names.
func TestTenants(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "selfrag.db")
	db := openAt(t, path)
	names := []string{"", "a", "A", "' OR 1=1 --", `"`, "a\x00", "한글", "%", "*"}
	for i, name := range names {
		c, err := tenant(t, db, name).Create(ctx, "test", testSpec(2+i))
		if err != nil {
			t.Fatalf("tenant %q: %v", name, err)
		}
		put(t, c, "same source", "same words", "of "+name)
	}
	if _, err := tenant(t, db, "a").Create(ctx, "extra", testSpec(2)); err != nil {
		t.Fatal(err)
	}
	for i, name := range names {
		view := tenant(t, db, name)
		c, err := view.Collection(ctx, "test")
		if err != nil || c.Spec().Dimensions != 2+i {
			t.Fatalf("tenant %q: got %+v, %v", name, c, err)
		}
		if d, l := dense(t, c, "x", 10), lexical(t, c, "same", 10); len(d) != 2 || len(l) != 2 || d[0].Text != l[0].Text && d[1].Text != l[0].Text {
			t.Errorf("tenant %q finds %v and %v", name, d, l)
		}
		infos, err := view.Collections(ctx)
		if want := 1 + strings.Count(name, "a")*(1-strings.Count(name, "\x00")); err != nil || len(infos) != want {
			t.Errorf("tenant %q sees %+v, %v", name, infos, err)
		}
		if info, err := c.Info(ctx); err != nil || info.Documents != 1 || info.Passages != 2 {
			t.Errorf("tenant %q: got %+v, %v", name, info, err)
		}
	}
	stranger := tenant(t, db, "stranger")
	for _, call := range []func() error{
		func() error { _, err := stranger.Collection(ctx, "test"); return err },
		func() error { return stranger.Delete(ctx, "test") },
	} {
		if err := call(); !errors.Is(err, retrieval.ErrUnknownCollection) || !strings.Contains(err.Error(), "none yet") {
			t.Errorf("a stranger gets %v", err)
		}
	}
	if err := tenant(t, db, "a").Delete(ctx, "test"); err != nil {
		t.Fatal(err)
	}
	if err := stranger.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err := db.Collection(ctx, "test"); err != nil || len(lexical(t, c, "same", 5)) != 2 {
		t.Errorf("another's deletion, or a view's end, took the collection away: %v", err)
	}
	direct, err := Open(ctx, path, Config{Tenant: "한글"})
	if err != nil {
		t.Fatal(err)
	}
	if c, err := direct.Collection(ctx, "test"); err != nil || len(lexical(t, c, "한글", 5)) != 1 {
		t.Errorf("a file opened for a tenant has not its collection: %v", err)
	}
	if err := direct.Close(); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"\xff", strings.Repeat("가", 100)} {
		if _, err := Open(ctx, path, Config{Tenant: name}); err == nil {
			t.Errorf("the file was opened for tenant %q", name)
		}
		if _, err := db.Tenant(name); err == nil {
			t.Errorf("%q was taken for a tenant", name)
		}
	}
}
