package milvus

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"

	"github.com/milvus-io/milvus-sdk-go/v2/entity"
)

// scope makes every expression and every primary key, and knows its tenant:
// there is no other way to either. All in it are hashes in hex, so that nothing
// from outside stands in an expression but what the filter compiler wrote.
type scope struct{ tenant string }

func scopeOf(tenant string) scope { return scope{key("tenant", tenant)} }

// where is an expression that holds its tenant's condition.
type where struct{ expr string }

// rowID is the primary key of a row of one tenant.
type rowID struct{ key string }

// rows are those whose fields equal keys.
func (s scope) rows(fieldsAndKeys ...string) where {
	expr := fieldTenant + ` == "` + s.tenant + `"`
	for i := 0; i+1 < len(fieldsAndKeys); i += 2 {
		expr += ` and ` + fieldsAndKeys[i] + ` == "` + fieldsAndKeys[i+1] + `"`
	}
	return where{expr}
}

// these are the rows of the primary keys.
func (s scope) these(ids []rowID) where { return s.rows().and(inRows(ids)) }

// and narrows down. The expression is whole in itself: it cannot undo the
// tenant's condition.
func (w where) and(expr string) where {
	if expr == "" {
		return w
	}
	return where{w.expr + " and (" + expr + ")"}
}

// id is the primary key of the row that the parts name.
func (s scope) id(parts ...string) rowID {
	return rowID{key(append([]string{s.tenant}, parts...)...)}
}

// column is the tenant's field of n rows.
func (s scope) column(n int) entity.Column {
	values := make([]string, n)
	for i := range values {
		values[i] = s.tenant
	}
	return entity.NewColumnVarChar(fieldTenant, values)
}

func inRows(ids []rowID) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = `"` + id.key + `"`
	}
	return fieldID + " in [" + strings.Join(quoted, ",") + "]"
}

// key is the hash of the parts, 128 bits of SHA-256 in hex; each part's length
// goes in, so that no two lists of parts read the same.
func key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
