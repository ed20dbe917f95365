package config

import (
	"crypto/sha256"
	"fmt"
	"path/filepath"
)

// SessionsDir returns the folder of the tenant's sessions.
func (s Settings) SessionsDir() string { return s.ofTenant("sessions") }

// QuestionsFile returns the path of the example questions of a collection of
// the tenant: a text file with one question per line.
func (s Settings) QuestionsFile(collection string) string {
	return filepath.Join(s.ofTenant("questions"), collection+".txt")
}

// ofTenant returns the tenant's part of a folder of the data folder.
func (s Settings) ofTenant(folder string) string {
	dir := filepath.Join(s.DataDir, folder)
	if s.Tenant != "" {
		dir = filepath.Join(dir, tenantFolder(s.Tenant))
	}
	return dir
}

// SourcesDir returns the folder of the states of the tenant's sources.
func (s Settings) SourcesDir() string { return s.ofTenant("sources") }

// OriginalsDir returns the folder of the tenant's uploaded files that are kept.
func (s Settings) OriginalsDir() string { return s.ofTenant("originals") }

// tenantFolder returns the name of a tenant's folder: the tenant's name in hex,
// or the hash of the tenant's name if the hex form would exceed the 255 bytes
// that file systems allow.
func tenantFolder(tenant string) string {
	if hex := fmt.Sprintf("tenant-%x", tenant); len(hex) <= 255 {
		return hex
	}
	return fmt.Sprintf("tenant-sha256-%x", sha256.Sum256([]byte(tenant)))
}

// KeysDir returns the folder of the server's keys.
func (s Settings) KeysDir() string { return filepath.Join(s.DataDir, "keys") }

// Database returns the path of the SQLite store.
func (s Settings) Database() string { return filepath.Join(s.DataDir, "selfrag.db") }
