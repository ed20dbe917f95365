package sqlite

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/binary"
	"encoding/json"
	"fmt"
)

// stored is a run of passages whose postings are in the file, sorted by term.
//
// A row of the postings holds the lists of neighbouring terms. Its key has the
// number of the segment in the upper 32 bits and the row's first term in the
// lower 32. Each list begins with three uvarints: how far its term is from that
// of the list before, the number of its postings, and the number of their
// bytes.
type stored struct {
	places
	lengths []uint32 // number of terms in each passage, repeats included
	total   uint64   // sum of the lengths
}

func segmentsTable(collection int64) string { return fmt.Sprintf("segments_%d", collection) }

// rowBytes limits the lists that share a row of the postings, so that the row
// fits on a page.
const rowBytes = 3800

func postingsKey(segment int64, term uint32) int64 { return segment<<32 | int64(term) }

// readStored reads the segment of a run.
func readStored(ctx context.Context, tx *sql.Tx, collection int64, r run) (*stored, error) {
	var numbers []byte
	err := tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT numbers FROM %s WHERE id = ?`, segmentsTable(collection)), r.id).Scan(&numbers)
	if err != nil {
		return nil, err
	}
	s := &stored{}
	if s.places, numbers, err = r.places(numbers); err != nil {
		return nil, err
	}
	s.lengths = make([]uint32, r.passages)
	for i := range s.lengths {
		n, size := binary.Uvarint(numbers)
		if size <= 0 {
			return nil, errBroken
		}
		numbers = numbers[size:]
		s.lengths[i] = uint32(n) //nolint:gosec // it was encoded from a uint32
		s.total += n
	}
	return s, nil
}

// insert adds the segment to those of a collection, without its postings, and
// gives it its number.
func (s *stored) insert(ctx context.Context, tx *sql.Tx, collection int64) error {
	numbers := encodeIDs(s.ids)
	for _, n := range s.lengths {
		numbers = binary.AppendUvarint(numbers, uint64(n))
	}
	res, err := tx.ExecContext(ctx, fmt.Sprintf(
		`INSERT INTO %s (first, last, passages, since, numbers) VALUES (?, ?, ?, ?, ?)`, segmentsTable(collection)),
		s.first, s.last, s.passages, s.since, numbers)
	if err != nil {
		return err
	}
	s.id, err = res.LastInsertId()
	return err
}

// listWriter writes the postings of a segment, term by term.
type listWriter struct {
	statement *sql.Stmt
	segment   int64
	row       []byte
	first     uint32 // the first term in row
	last      uint32 // the last
	list      []byte
}

func newListWriter(ctx context.Context, tx *sql.Tx, collection, segment int64) (*listWriter, error) {
	statement, err := tx.PrepareContext(ctx, fmt.Sprintf(`INSERT INTO postings_%d (key, lists) VALUES (?, ?)`, collection))
	return &listWriter{statement: statement, segment: segment}, err
}

// add appends the postings of a term. Terms ascend. It writes nothing for no
// postings.
func (w *listWriter) add(ctx context.Context, term uint32, postings []posting) error {
	if len(postings) == 0 {
		return nil
	}
	w.list = appendPostings(w.list[:0], postings)
	if len(w.row) > 0 && len(w.row)+len(w.list) > rowBytes {
		if err := w.flush(ctx); err != nil {
			return err
		}
	}
	if len(w.row) == 0 {
		w.first, w.last = term, term
	}
	w.row = binary.AppendUvarint(w.row, uint64(term-w.last))
	w.row = binary.AppendUvarint(w.row, uint64(len(postings)))
	w.row = binary.AppendUvarint(w.row, uint64(len(w.list)))
	w.row, w.last = append(w.row, w.list...), term
	return nil
}

func (w *listWriter) flush(ctx context.Context) error {
	if len(w.row) == 0 {
		return nil
	}
	_, err := w.statement.ExecContext(ctx, postingsKey(w.segment, w.first), w.row)
	w.row = w.row[:0]
	return err
}

// close writes what is left and frees the writer, also after an error.
func (w *listWriter) close(ctx context.Context) error {
	return cmp.Or(w.flush(ctx), w.statement.Close())
}

// list is an encoded list of postings.
type list struct {
	term     uint32
	postings int
	encoded  []byte
}

// nextList decodes the list at the beginning of b, which follows the one of the
// term before, and returns what comes after it.
func nextList(b []byte, before uint32) (l list, rest []byte, err error) {
	var head [3]uint64
	for i := range head {
		var size int
		if head[i], size = binary.Uvarint(b); size <= 0 {
			return list{}, nil, errBroken
		}
		b = b[size:]
	}
	if head[2] > uint64(len(b)) || head[1] > head[2] {
		return list{}, nil, errBroken
	}
	//nolint:gosec // the term was encoded from a uint32, and the others are limited above
	return list{before + uint32(head[0]), int(head[1]), b[:head[2]]}, b[head[2]:], nil
}

// appendPostings encodes postings: how far each passage is behind the one
// before, and the count, as uvarints. The lowest bit of the distance says that
// the count is left out because it is one.
func appendPostings(b []byte, postings []posting) []byte {
	before := posting(0)
	for _, p := range postings {
		at, count := p>>countBits, p&maxCount
		distance := uint64(at-before) << 1
		if count == 1 {
			b = binary.AppendUvarint(b, distance|1)
		} else {
			b = binary.AppendUvarint(b, distance)
			b = binary.AppendUvarint(b, uint64(count))
		}
		before = at
	}
	return b
}

// decode appends the postings of a list to p. passages is the number of
// passages in the segment.
func (l list) decode(p []posting, passages int) ([]posting, error) {
	at := posting(0)
	for i, b := 0, l.encoded; i < len(b); {
		distance := uint64(b[i])
		i++
		if distance >= 0x80 {
			n, size := binary.Uvarint(b[i-1:])
			if size <= 0 {
				return nil, errBroken
			}
			distance, i = n, i-1+size
		}
		count := posting(1)
		if distance&1 == 0 {
			n, size := binary.Uvarint(b[i:])
			if size <= 0 || n > maxCount {
				return nil, errBroken
			}
			count, i = posting(n), i+size
		}
		at += posting(distance >> 1) //nolint:gosec // it is checked below
		if at >= posting(passages) { //nolint:gosec // at most segmentPassages
			return nil, errBroken
		}
		p = append(p, at<<countBits|count)
	}
	return p, nil
}

// lists returns the lists of each of the given terms in each of the stored
// segments, or lists without postings where a segment lacks a term.
func (l *lexicon) lists(ctx context.Context, tx *sql.Tx, query []uint32) ([][]list, error) {
	found := make([][]list, len(l.stored))
	keys := make([]int64, 0, len(l.stored)*len(query))
	for i, s := range l.stored {
		found[i] = make([]list, len(query))
		for _, term := range query {
			keys = append(keys, postingsKey(s.id, term))
		}
	}
	if len(keys) == 0 {
		return found, nil
	}
	asked, err := json.Marshal(keys)
	if err != nil {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`
		SELECT j.key, p.key, p.lists FROM json_each(?) j CROSS JOIN postings_%[1]d p
		ON p.key = (SELECT max(key) FROM postings_%[1]d WHERE key <= j.value)`, l.collection), string(asked))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var raw sql.RawBytes
	for rows.Next() {
		var i int
		var key int64
		if err := rows.Scan(&i, &key, &raw); err != nil {
			return nil, err
		}
		segment, term := i/len(query), query[i%len(query)]
		if key>>32 != l.stored[segment].id {
			continue
		}
		if found[segment][i%len(query)], err = listOf(raw, uint32(key), term); err != nil { //nolint:gosec // the lower 32 bits
			return nil, err
		}
	}
	return found, rows.Err()
}

// listOf returns a copy of the list of a term from a row with the given first
// term.
func listOf(row []byte, first, term uint32) (list, error) {
	for before := first; len(row) > 0 && before <= term; {
		l, rest, err := nextList(row, before)
		if err != nil {
			return list{}, err
		}
		if l.term == term {
			l.encoded = append([]byte(nil), l.encoded...)
			return l, nil
		}
		row, before = rest, l.term
	}
	return list{}, nil
}
