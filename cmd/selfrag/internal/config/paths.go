package config

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
)

// SessionsDir is the folder of the tenant's sessions.
func (s Settings) SessionsDir() string {
	dir := filepath.Join(s.DataDir, "sessions")
	if s.Tenant != "" {
		dir = filepath.Join(dir, tenantFolder(s.Tenant))
	}
	return dir
}

// tenantFolder is a folder's name for a tenant: its own in hex, or its hash
// where that would be longer than the 255 bytes that file systems take.
func tenantFolder(tenant string) string {
	if hex := fmt.Sprintf("tenant-%x", tenant); len(hex) <= 255 {
		return hex
	}
	return fmt.Sprintf("tenant-sha256-%x", sha256.Sum256([]byte(tenant)))
}

// KeysDir is the folder of the server's keys.
func (s Settings) KeysDir() string { return filepath.Join(s.DataDir, "keys") }

// Database is the file of the SQLite store.
func (s Settings) Database() string { return filepath.Join(s.DataDir, "selfrag.db") }
