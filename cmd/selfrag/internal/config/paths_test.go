package config

import (
	"strings"
	"testing"
)

// TestTenantFolders holds the folders of tenants to the 255 bytes that file systems take, and apart.
func TestTenantFolders(t *testing.T) {
	if short, long := tenantFolder(strings.Repeat("t", 124)), tenantFolder(strings.Repeat("t", 125)); len(short) != 255 || len(long) > 255 || long == tenantFolder(strings.Repeat("t", 126)) {
		t.Errorf("folders %s and %s", short, long)
	}
}
