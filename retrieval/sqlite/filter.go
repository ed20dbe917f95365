package sqlite

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"sync"

	"selfrag/retrieval"
)

// allowed holds the passages that a filter selects.
type allowed struct {
	seen int64   // number of the last examined passage
	ids  []int64 // numbers of the selected passages, ascending
}

// ordinals returns the indexes of the allowed passages in all, which is
// ascending.
func (a *allowed) ordinals(all []int64) []int32 {
	places := make([]int32, 0, len(a.ids))
	from := 0
	for _, id := range a.ids {
		// The numbers of a collection have few gaps, so the next one is near.
		for step := 1; from < len(all) && all[from] < id; step *= 2 {
			if far := from + step; far < len(all) && all[far] <= id {
				from = far
				continue
			}
			n, _ := slices.BinarySearch(all[from:min(from+step+1, len(all))], id)
			from += n
		}
		if from < len(all) && all[from] == id {
			places = append(places, int32(from)) //nolint:gosec // memory cannot hold that many vectors
			from++
		}
	}
	return places
}

// within returns those of the allowed passages whose numbers are in the range of
// a run.
func (a *allowed) within(r run) *allowed {
	from, _ := slices.BinarySearch(a.ids, r.first)
	to, _ := slices.BinarySearch(a.ids, r.last+1)
	return &allowed{seen: a.seen, ids: a.ids[from:to]}
}

// allowedBy returns the passages of the collection that the filter selects, as
// the transaction sees them. nil means all.
//
// SQLite narrows them down by the fields that its indexes contain, those of
// passages and documents. Filter.Match makes the decision. Deciding in SQL
// would not be faster, because reading a row costs more than deciding, and
// could differ from the other stores, because SQLite has its own way of reading
// numbers and escapes in JSON. The results of the last filters are kept, and
// only passages that were added since are examined.
func (c *Collection) allowedBy(ctx context.Context, tx *sql.Tx, f retrieval.Filter) (*allowed, error) {
	if f == nil {
		return nil, nil
	}
	kept, err := c.filtered.of(c.id, f)
	if err != nil {
		return nil, err
	}
	return kept.at(ctx, tx, func(earlier *allowed, removal bool) (*allowed, error) {
		a := &allowed{}
		if earlier != nil && !removal {
			*a = *earlier
		}
		return a, a.load(ctx, tx, c.id, f)
	})
}

// load appends the passages that were added since the last load.
func (a *allowed) load(ctx context.Context, tx *sql.Tx, collection int64, f retrieval.Filter) error {
	condition, args := narrowed(f)
	rows, err := tx.QueryContext(ctx, `
		SELECT p.id, p.name, d.hash, d.source, p.title, p.metadata
		FROM passages p JOIN documents d ON d.id = p.document
		WHERE p.collection = ? AND d.collection = ? AND p.id > ? AND `+condition+` ORDER BY p.id`,
		append([]any{collection, collection, a.seen}, args...)...)
	if err != nil {
		return err
	}
	defer rows.Close()
	decoded := map[string]map[string]any{} // the passages of a document often have the same metadata
	for rows.Next() {
		var p retrieval.Passage
		var metadata string
		if err := rows.Scan(&a.seen, &p.ID, &p.Document, &p.Source, &p.Title, &metadata); err != nil {
			return err
		}
		m, ok := decoded[metadata]
		if !ok {
			if m, err = decodeMetadata(metadata); err != nil {
				return err
			}
			if len(decoded) > 1000 {
				clear(decoded)
			}
			decoded[metadata] = m
		}
		if p.Metadata = m; f.Match(p) {
			a.ids = append(a.ids, a.seen)
		}
	}
	return rows.Err()
}

// columns maps the fields of a filter to columns.
var columns = map[string]string{"id": "p.name", "document": "d.hash", "source": "d.source", "title": "p.title"}

// maxConditions limits the condition in SQL. SQLite's own limits are higher.
const maxConditions = 100

// narrowed returns a condition with the values of its parameters. The condition
// holds for all passages that the filter selects, and perhaps for others.
func narrowed(f retrieval.Filter) (condition string, args []any) {
	condition, args = narrow(f)
	if len(args) > maxConditions {
		return everything, nil
	}
	return condition, args
}

// everything is the condition that restricts nothing.
const everything = "true"

func narrow(f retrieval.Filter) (condition string, args []any) {
	switch f := f.(type) {
	case retrieval.Comparison:
		if f.Op == retrieval.Equal {
			return oneOf(f.Field, []any{f.Value})
		}
	case retrieval.In:
		return oneOf(f.Field, f.Values)
	case retrieval.And:
		var conditions []string
		for _, part := range f {
			if c, more := narrow(part); c != everything {
				conditions, args = append(conditions, c), append(args, more...)
			}
		}
		if len(conditions) > 0 {
			return "(" + strings.Join(conditions, " AND ") + ")", args
		}
	case retrieval.Or:
		var conditions []string
		for _, part := range f {
			c, more := narrow(part)
			if c == everything {
				return everything, nil
			}
			conditions, args = append(conditions, c), append(args, more...)
		}
		if len(conditions) > 0 {
			return "(" + strings.Join(conditions, " OR ") + ")", args
		}
	}
	return everything, nil
}

func oneOf(field string, values []any) (string, []any) {
	column, ok := columns[field]
	if !ok {
		return everything, nil
	}
	texts := []string{}
	for _, v := range values {
		// JSON in SQLite ends a text at NUL.
		if s, ok := v.(string); ok && strings.Contains(s, "\x00") {
			return everything, nil
		} else if ok {
			texts = append(texts, s)
		}
	}
	list, err := json.Marshal(texts)
	if err != nil {
		return everything, nil
	}
	return column + " IN (SELECT value FROM json_each(?))", []any{string(list)}
}

// keptFilters is the number of filters whose passages are kept, at 8 bytes per
// passage.
const keptFilters = 8

// filterCache holds the passages that the last used filters select.
type filterCache struct {
	mu   sync.Mutex
	kept []keptFilter // ordered by use; the last used is last
}

type keptFilter struct {
	key     string
	allowed *snapshots[*allowed]
}

func newFilterCache() *filterCache { return &filterCache{} }

func (c *filterCache) of(collection int64, f retrieval.Filter) (*snapshots[*allowed], error) {
	key, err := retrieval.MarshalFilter(f)
	if err != nil {
		return nil, fmt.Errorf("filter: %w", err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	i := slices.IndexFunc(c.kept, func(k keptFilter) bool { return k.key == string(key) })
	var k keptFilter
	switch {
	case i >= 0:
		k = c.kept[i]
		c.kept = slices.Delete(c.kept, i, i+1)
	default:
		k = keptFilter{string(key), newSnapshots[*allowed](collection)}
		if len(c.kept) == keptFilters {
			c.kept = slices.Delete(c.kept, 0, 1)
		}
	}
	c.kept = append(c.kept, k)
	return k.allowed, nil
}
