package config

import (
	"strings"
	"testing"
)

// TestTenantFolders checks that the names of tenant folders are different and
// within the 255 bytes that file systems allow.
func TestTenantFolders(t *testing.T) {
	if short, long := tenantFolder(strings.Repeat("t", 124)), tenantFolder(strings.Repeat("t", 125)); len(short) != 255 || len(long) > 255 || long == tenantFolder(strings.Repeat("t", 126)) {
		t.Errorf("folders %s and %s", short, long)
	}
}
