package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"selfrag/retrieval/text"
)

// blockPassages is the number of passages that share a row of the terms and of
// the vectors. Fetching a row costs as much as reading a few passages.
const blockPassages = 64

// block holds neighbouring passages of one document as they are indexed.
type block struct {
	first    int64            // number of the first passage
	passages []map[string]int // number of times that each passage contains each term
	vectors  []byte           // of all passages, one after another
}

// add appends a passage with its searchable text and its encoded vector.
func (b *block) add(searchable string, vector []byte) {
	counts := map[string]int{}
	for term := range text.Terms(searchable) {
		counts[term]++
	}
	b.passages = append(b.passages, counts)
	b.vectors = append(b.vectors, vector...)
}

// write stores the block in the tables of a collection. It stores nothing for
// an empty block.
func (b *block) write(ctx context.Context, tx *sql.Tx, collection int64) error {
	if len(b.passages) == 0 {
		return nil
	}
	numbers, err := b.number(ctx, tx, collection)
	if err != nil {
		return err
	}
	var encoded []byte
	for _, counts := range b.passages {
		encoded = appendCounts(encoded, counts, numbers)
	}
	insert := fmt.Sprintf(`INSERT INTO terms_%d (first, terms) VALUES (?, ?)`, collection)
	if _, err := tx.ExecContext(ctx, insert, b.first, encoded); err != nil {
		return err
	}
	if len(b.vectors) == 0 {
		return nil
	}
	insert = fmt.Sprintf(`INSERT INTO vectors_%d (first, vectors) VALUES (?, ?)`, collection)
	_, err = tx.ExecContext(ctx, insert, b.first, b.vectors)
	return err
}

// number returns the numbers of the block's terms in the vocabulary. It adds
// new terms.
func (b *block) number(ctx context.Context, tx *sql.Tx, collection int64) (map[string]uint32, error) {
	missing := map[string]bool{}
	for _, counts := range b.passages {
		for term := range counts {
			missing[term] = true
		}
	}
	// Sorted, so that a document is indexed the same way each time.
	distinct := slices.Sorted(maps.Keys(missing))
	numbers, err := lookUp(ctx, tx, collection, distinct)
	if err != nil || len(numbers) == len(distinct) {
		return numbers, err
	}
	insert, err := tx.PrepareContext(ctx, fmt.Sprintf(`INSERT INTO vocabulary_%d (term) VALUES (?)`, collection))
	if err != nil {
		return nil, err
	}
	defer insert.Close()
	for _, term := range distinct {
		if _, ok := numbers[term]; ok {
			continue
		}
		res, err := insert.ExecContext(ctx, term)
		if err != nil {
			return nil, err
		}
		id, err := res.LastInsertId()
		if err != nil {
			return nil, err
		}
		numbers[term] = uint32(id) //nolint:gosec // a file cannot hold 4 billion terms
	}
	return numbers, nil
}

// lookUp returns the numbers of the given terms that are in the vocabulary of a
// collection.
func lookUp(ctx context.Context, tx *sql.Tx, collection int64, terms []string) (map[string]uint32, error) {
	list, err := json.Marshal(terms)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(
		`SELECT v.term, v.id FROM json_each(?) j CROSS JOIN vocabulary_%d v ON v.term = j.value`, collection), string(list))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	numbers := make(map[string]uint32, len(terms))
	for rows.Next() {
		var term string
		var id uint32
		if err := rows.Scan(&term, &id); err != nil {
			return nil, err
		}
		numbers[term] = id
	}
	return numbers, rows.Err()
}

// appendCounts encodes one passage: the number of its different terms, then for
// each term, in the order of their numbers, the distance from the previous
// number and the count, all as uvarints. The lowest bit of the distance says
// that the count is left out because it is one, as for most terms of a passage.
func appendCounts(b []byte, counts map[string]int, numbers map[string]uint32) []byte {
	type entry struct {
		number uint32
		count  int
	}
	entries := make([]entry, 0, len(counts))
	for term, n := range counts {
		entries = append(entries, entry{numbers[term], n})
	}
	slices.SortFunc(entries, func(a, b entry) int { return cmp.Compare(a.number, b.number) })
	b = binary.AppendUvarint(b, uint64(len(entries)))
	before := uint32(0)
	for _, e := range entries {
		distance := uint64(e.number-before) << 1
		if e.count == 1 {
			b = binary.AppendUvarint(b, distance|1)
		} else {
			b = binary.AppendUvarint(b, distance)
			b = binary.AppendUvarint(b, uint64(e.count)) //nolint:gosec // a count is positive
		}
		before = e.number
	}
	return b
}

var errBroken = errors.New("the index is broken: delete the collection and ingest again to rebuild it")

// eachCount decodes a block. It calls passage at the beginning of each passage
// and count for each of the passage's terms.
func eachCount(b []byte, passage func(), count func(term, n uint32)) error {
	next := func() uint64 {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			b = nil
			return 0
		}
		b = b[n:]
		return v
	}
	for len(b) > 0 {
		passage()
		term := uint64(0)
		for left := next(); left > 0; left-- {
			if len(b) == 0 {
				return errBroken
			}
			distance := next()
			n := uint64(1)
			if distance&1 == 0 {
				n = next()
			}
			term += distance >> 1
			count(uint32(term), uint32(n)) //nolint:gosec // they were encoded from uint32
		}
	}
	return nil
}
