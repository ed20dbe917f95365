package keys

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"selfrag/internal/atomicfile"
	"selfrag/serve"
	"selfrag/serve/httpapi"
)

// Key is a key without its secret.
type Key struct {
	ID          string   `json:"id"`
	Name        string   `json:"name"` // purpose of the key, for people
	Tenant      string   `json:"tenant"`
	Collections []string `json:"collections"` // empty: all collections of the tenant
	Write       bool     `json:"write"`
	// Origins are the web origins on whose pages the key may be used, such as
	// https://www.example.org. A key with origins may only ask questions.
	Origins []string   `json:"origins,omitempty"`
	Rate    float64    `json:"rate,omitempty"` // requests a second; 0 means the server's rate
	Created time.Time  `json:"created"`
	Expires *time.Time `json:"expires,omitempty"`
	Revoked *time.Time `json:"revoked,omitempty"`
}

// kept is a key in the form in which its file stores it.
type kept struct {
	Key
	Hash string `json:"sha256"` // of the whole key, in hex
}

// Store is a folder of keys. It is safe for concurrent use, also by several
// processes.
type Store struct {
	dir string

	mu      sync.Mutex
	origins []string  // as Origins returned them last
	read    time.Time // time at which they were read
}

var _ httpapi.Authority = (*Store)(nil)

// In returns the store of a folder. The folder is created with the first key.
func In(dir string) *Store { return &Store{dir: dir} }

var ids = regexp.MustCompile(`^[a-f0-9]{16}$`)

func (s *Store) path(id string) string { return filepath.Join(s.dir, id+".json") }

// Create creates a key. It returns the key's text, which cannot be read again
// later.
func (s *Store) Create(k Key) (text string, _ Key, err error) {
	random := make([]byte, 8+32)
	_, _ = rand.Read(random) // never fails
	k.ID, k.Created = hex.EncodeToString(random[:8]), time.Now().UTC().Truncate(time.Second)
	if k.Collections == nil {
		k.Collections = []string{}
	}
	text = "sr_" + k.ID + "_" + base64.RawURLEncoding.EncodeToString(random[8:])
	if err := s.save(kept{k, hashOf(text)}); err != nil {
		return "", k, fmt.Errorf("create a key: %w", err)
	}
	return text, k, nil
}

func (s *Store) save(k kept) error {
	content, err := json.MarshalIndent(k, "", " ")
	if err != nil {
		return err
	}
	return atomicfile.Write(s.path(k.ID), content)
}

func hashOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

func (s *Store) readKey(id string) (kept, error) {
	var k kept
	content, err := os.ReadFile(s.path(id))
	if err != nil {
		return k, err
	}
	if err := json.Unmarshal(content, &k); err != nil || k.ID != id {
		return k, fmt.Errorf("the key file %s is damaged: revoke it by removing it: %w", s.path(id), err)
	}
	return k, nil
}

// List returns all keys, including revoked ones, in the order of their
// creation.
func (s *Store) List() ([]Key, error) {
	names, err := s.names()
	if err != nil {
		return nil, err
	}
	keys := []Key{}
	for _, id := range names {
		k, err := s.readKey(id)
		if err != nil {
			return nil, fmt.Errorf("list the keys: %w", err)
		}
		keys = append(keys, k.Key)
	}
	slices.SortFunc(keys, func(a, b Key) int {
		if c := a.Created.Compare(b.Created); c != 0 {
			return c
		}
		return strings.Compare(a.ID, b.ID)
	})
	return keys, nil
}

func (s *Store) names() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list the keys: %w", err)
	}
	var names []string
	for _, e := range entries {
		if id, ok := strings.CutSuffix(e.Name(), ".json"); ok && ids.MatchString(id) {
			names = append(names, id)
		}
	}
	return names, nil
}

// Revoke revokes a key. The key's file stays, because the audit log refers to
// it.
func (s *Store) Revoke(id string) (Key, error) {
	if !ids.MatchString(id) {
		return Key{}, fmt.Errorf("%q is not the id of a key: `selfrag keys list` shows the ids", id)
	}
	k, err := s.readKey(id)
	if errors.Is(err, fs.ErrNotExist) {
		return Key{}, fmt.Errorf("there is no key %s", id)
	}
	if err != nil {
		return Key{}, fmt.Errorf("revoke key %s: %w", id, err)
	}
	if k.Revoked == nil {
		now := time.Now().UTC().Truncate(time.Second)
		k.Revoked = &now
		if err := s.save(k); err != nil {
			return Key{}, fmt.Errorf("revoke key %s: %w", id, err)
		}
	}
	return k.Key, nil
}

// Delete deletes a key that nobody has seen. Any other key is revoked.
func (s *Store) Delete(id string) error {
	if !ids.MatchString(id) {
		return fmt.Errorf("%q is not the id of a key", id)
	}
	if err := os.Remove(s.path(id)); err != nil {
		return fmt.Errorf("delete key %s: %w", id, err)
	}
	return nil
}

// Required reports whether requests need a key. They do if any key exists, also
// a revoked one, so that revoking the last key does not open the server to
// everybody.
func (s *Store) Required(context.Context) (bool, error) {
	names, err := s.names()
	return len(names) > 0, err
}

// Identify implements httpapi.Authority.
func (s *Store) Identify(_ context.Context, text string) (httpapi.Identity, error) {
	refused := &serve.Error{Kind: serve.Unauthorised, Message: "the key is unknown, revoked or expired"}
	id, _, ok := strings.Cut(strings.TrimPrefix(text, "sr_"), "_")
	if !ok || !strings.HasPrefix(text, "sr_") || !ids.MatchString(id) {
		return httpapi.Identity{}, refused
	}
	k, err := s.readKey(id)
	if errors.Is(err, fs.ErrNotExist) {
		return httpapi.Identity{}, refused
	}
	if err != nil {
		return httpapi.Identity{}, err
	}
	same := subtle.ConstantTimeCompare([]byte(hashOf(text)), []byte(k.Hash)) == 1
	if !same || k.Revoked != nil || k.Expires != nil && !time.Now().Before(*k.Expires) {
		return httpapi.Identity{}, refused
	}
	grant := serve.Allow(k.Tenant, k.Collections, k.Write)
	if len(k.Origins) > 0 {
		grant = serve.AllowAsking(k.Tenant, k.Collections)
	}
	return httpapi.Identity{ID: k.ID, Grant: grant, Rate: k.Rate, Origins: k.Origins}, nil
}

// originsAge is the maximum age of the origins that Origins returns. Origins is
// called for requests of anybody, before their rate is checked, and reads the
// files of all keys. Not measured.
const originsAge = time.Second

// Origins returns the web origins of all keys that are valid. They are at most
// a second old. The error lists the files of keys that cannot be read, each
// time that the files are read; the origins of the other keys are returned all
// the same.
func (s *Store) Origins(context.Context) ([]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	if !s.read.IsZero() && now.Sub(s.read) < originsAge {
		return slices.Clone(s.origins), nil
	}
	names, err := s.names()
	var origins []string
	for _, id := range names {
		k, broken := s.readKey(id)
		switch {
		case errors.Is(broken, fs.ErrNotExist): // deleted since
		case broken != nil:
			err = errors.Join(err, broken)
		case k.Revoked == nil && (k.Expires == nil || now.Before(*k.Expires)):
			origins = append(origins, k.Origins...)
		}
	}
	s.origins, s.read = origins, now
	return slices.Clone(origins), err
}
