package sqlite

import (
	"path/filepath"
	"testing"
)

// A file whose terms were counted by the rules before is found in by the new
// ones, and its blocks stay where they are.
func TestTermsAreCountedAnew(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "selfrag.db")
	db := openAt(t, path)
	c, err := db.Create(ctx, "words", testSpec(0))
	if err != nil {
		t.Fatal(err)
	}
	put(t, c, "a.txt", "점심 식대는 12,000원까지 지원한다.", "둘째 문단")
	put(t, c, "b.txt", "the elec\u00adtro\u00adgram")
	tx, err := db.sql.BeginTx(ctx, nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM terms_1`); err != nil {
		t.Fatal(err)
	}
	for _, b := range []block{
		{first: 1, passages: []map[string]int{{"점심": 1, "12": 1, "000": 1}, {"둘째": 1}}},
		{first: 3, passages: []map[string]int{{"elec": 1, "tro": 1, "gram": 1}}},
	} {
		if err := b.write(ctx, tx, 1); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	if got := lexical(t, c, "12000원", 10); len(got) != 0 {
		t.Fatalf("the file is not as it was: %v", idsOf(got))
	}
	_, err = db.sql.ExecContext(ctx, `DROP TABLE codes_1; DROP TABLE segments_1; DROP TABLE postings_1; DROP TABLE removed_1;
		PRAGMA user_version = 3`)
	if err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	db = openAt(t, path)
	c, err = db.Collection(ctx, "words")
	if err != nil {
		t.Fatal(err)
	}
	for query, want := range map[string]string{"12000원": "a.txt", "둘째": "a.txt", "electrogram": "b.txt"} {
		if got := lexical(t, c, query, 10); len(got) != 1 || got[0].Source != want {
			t.Errorf("%s: got %v", query, idsOf(got))
		}
	}
}
