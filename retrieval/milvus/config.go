package milvus

import (
	"cmp"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// Config configures the connection to Milvus. Its zero value works for a server
// on this machine.
type Config struct {
	Address  string      // [https://]host[:port]; 127.0.0.1:19530; https means TLS
	Token    string      // "user:password" or an API key; empty: none
	TLS      *tls.Config // nil: the system's for https, otherwise no TLS
	Database string      // empty: the server's default database
	Tenant   string      // the tenant whose rows are visible; see DB.Tenant

	// Prefix is the prefix of the names of our Milvus collections, so that
	// several installations can share a server: ASCII letters, digits and
	// underscores.
	Prefix string // selfrag

	// The HNSW index: links per node, breadth of building, breadth of
	// searching.
	M              int // 16
	EfConstruction int // 200
	Ef             int // 100; 100 to 200 is reasonable, and K if that is larger

	// Strong makes searches see all earlier writes of all processes. It costs
	// some tenths of a second per search.
	Strong bool

	DialTimeout time.Duration // 3 s
	CallTimeout time.Duration // time limit of one call to the server; 60 s
	Retries     int           // of calls that the server could not handle; 4; negative: none

	// The limits of one call when writing. By default servers refuse calls of
	// more than 64 MB.
	MaxMessageBytes int // 8 MB
	MaxRows         int // 500
}

func (c Config) withDefaults() (Config, error) {
	c.Address = cmp.Or(c.Address, "127.0.0.1:19530")
	if address, secure := strings.CutPrefix(c.Address, "https://"); secure {
		c.Address = address
		if c.TLS == nil {
			c.TLS = &tls.Config{MinVersion: tls.VersionTLS12}
		}
	}
	c.Address = strings.TrimSuffix(strings.TrimPrefix(c.Address, "http://"), "/")
	if _, _, err := net.SplitHostPort(c.Address); err != nil {
		c.Address = net.JoinHostPort(strings.Trim(c.Address, "[]"), "19530")
	}
	c.Prefix = cmp.Or(c.Prefix, "selfrag")
	c.M = cmp.Or(c.M, 16)
	c.EfConstruction = cmp.Or(c.EfConstruction, 200)
	c.Ef = cmp.Or(c.Ef, 100)
	c.DialTimeout = cmp.Or(c.DialTimeout, 3*time.Second)
	c.CallTimeout = cmp.Or(c.CallTimeout, time.Minute)
	c.Retries = cmp.Or(c.Retries, 4)
	c.MaxMessageBytes = cmp.Or(c.MaxMessageBytes, 8<<20)
	c.MaxRows = cmp.Or(c.MaxRows, 500)
	odd := func(r rune) bool {
		return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	switch {
	case c.M < 4 || c.M > 64 || c.EfConstruction < 8 || c.Ef < 1 || c.Ef > maxK:
		return c, fmt.Errorf("the index with M %d, efConstruction %d, ef %d is impossible: M is 4 to 64, efConstruction at least 8, ef 1 to %d",
			c.M, c.EfConstruction, c.Ef, maxK)
	case strings.ContainsFunc(c.Prefix, odd) || len(c.Prefix) > 100 || c.Prefix[0] >= '0' && c.Prefix[0] <= '9':
		return c, fmt.Errorf("the prefix %q is impossible: use ASCII letters, digits and underscores, first a letter", c.Prefix)
	case c.MaxRows < 1 || c.MaxMessageBytes < 1<<17:
		return c, errors.New("a message must have room for a row and for 128 KiB")
	}
	return c, nil
}
