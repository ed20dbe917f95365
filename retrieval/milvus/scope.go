package milvus

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// scope makes all expressions and primary keys for its tenant. There is no
// other way to make them. Its values are hashes in hex, so that an expression
// contains no text from outside except through the filter compiler.
type scope struct{ tenant string }

func scopeOf(tenant string) scope { return scope{key("tenant", tenant)} }

// where is an expression that includes its tenant's condition.
type where struct{ expr string }

// rowID is the primary key of a row of one tenant.
type rowID struct{ key string }

// rows selects the rows whose fields equal the given keys.
func (s scope) rows(fieldsAndKeys ...string) where {
	expr := fieldTenant + ` == "` + s.tenant + `"`
	for i := 0; i+1 < len(fieldsAndKeys); i += 2 {
		expr += ` and ` + fieldsAndKeys[i] + ` == "` + fieldsAndKeys[i+1] + `"`
	}
	return where{expr}
}

// these selects the rows with the given primary keys.
func (s scope) these(ids []rowID) where { return s.rows().and(inRows(ids)) }

// and restricts the selection further. The expression goes in parentheses, so
// that it cannot undo the tenant's condition.
func (w where) and(expr string) where {
	if expr == "" {
		return w
	}
	return where{w.expr + " and (" + expr + ")"}
}

// id returns the primary key of the row that the parts name.
func (s scope) id(parts ...string) rowID {
	return rowID{key(append([]string{s.tenant}, parts...)...)}
}

func inRows(ids []rowID) string {
	quoted := make([]string, len(ids))
	for i, id := range ids {
		quoted[i] = `"` + id.key + `"`
	}
	return fieldID + " in [" + strings.Join(quoted, ",") + "]"
}

// key returns a hash of the parts, 128 bits of SHA-256 in hex. It includes the
// length of each part, so that different lists of parts have different hashes.
func key(parts ...string) string {
	h := sha256.New()
	for _, p := range parts {
		h.Write([]byte(strconv.Itoa(len(p)) + ":" + p))
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}
