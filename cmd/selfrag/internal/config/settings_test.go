package config

import (
	"os"
	"regexp"
	"testing"
)

// TestKeysAreSpeltAlike checks that all keys have the same spelling. A hyphen
// is not possible in the name of an environment variable.
func TestKeysAreSpeltAlike(t *testing.T) {
	s := Default(os.Getenv)
	spelling := regexp.MustCompile(`^[a-z][a-z0-9]*(_[a-z0-9]+)*$`)
	for _, f := range s.table() {
		if !spelling.MatchString(f.key) {
			t.Errorf("%q is not spelt with underscores", f.key)
		}
	}
}
