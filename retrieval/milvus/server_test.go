//go:build integration

package milvus

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"selfrag/retrieval/storetest"
)

// TestMain runs the tests on real servers. It uses those named by
// SELFRAG_MILVUS and SELFRAG_MILVUS_LITE; the scripts start the others.
func TestMain(m *testing.M) {
	if child := os.Getenv("MILVUS_TEST_CHILD"); child != "" {
		os.Exit(ingestInChild(child))
	}
	if tenant := os.Getenv("MILVUS_TEST_REEMBED"); tenant != "" {
		os.Exit(reembedInChild(tenant))
	}
	goleak.VerifyTestMain(m)
}

// serverNames returns the servers that every test runs on.
func serverNames() []string { return []string{"milvus", "milvus-lite"} }

// addressOf returns a server's address. It starts the server unless one
// answers.
func addressOf(tb testing.TB, name string) string {
	tb.Helper()
	variable := strings.ReplaceAll("SELFRAG_"+strings.ToUpper(name), "-", "_")
	if address := os.Getenv(variable); address != "" {
		return address
	}
	script, err := filepath.Abs("../../scripts/" + name + "-serve")
	if err != nil {
		tb.Fatal(err)
	}
	if out, err := exec.CommandContext(tb.Context(), script).CombinedOutput(); err != nil {
		tb.Fatalf("start %s: %v\n%s", name, err, out)
	}
	out, err := exec.CommandContext(tb.Context(), script, "--address").Output()
	if err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(string(out))
}

// testPrefix separates the tests' collections from a user's.
const testPrefix = "selfrag_test"

func openAt(tb testing.TB, address, tenant string) *DB {
	tb.Helper()
	return opened(tb, Config{Address: address, Tenant: tenant, Prefix: testPrefix})
}

// ourOwn returns a tenant for one run of a test.
func ourOwn(tb testing.TB) string {
	return fmt.Sprintf("%s %d %d", tb.Name(), os.Getpid(), time.Now().UnixNano())
}

// dropPassages drops the Milvus collections that only tests have created.
func dropPassages(tb testing.TB, address string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context())
	db, err := Open(ctx, Config{Address: address, Prefix: testPrefix})
	if err != nil {
		tb.Fatal(err)
	}
	defer db.Close()
	list, err := db.server.conn.sdk.ListCollections(ctx)
	if err != nil {
		tb.Error(err)
	}
	for _, c := range list {
		if strings.HasPrefix(c.Name, testPrefix+"_p_") {
			if err := db.server.conn.sdk.DropCollection(ctx, c.Name); err != nil {
				tb.Error(err)
			}
		}
	}
}

func TestDenseBatchOfServers(t *testing.T) {
	for _, name := range serverNames() {
		t.Run(name, func(t *testing.T) {
			address := addressOf(t, name)
			t.Cleanup(func() { dropPassages(t, address) })
			batched(t, openAt(t, address, ourOwn(t)))
		})
	}
}

func TestConformance(t *testing.T) {
	for _, name := range serverNames() {
		t.Run(name, func(t *testing.T) {
			address := addressOf(t, name)
			tenant := ourOwn(t)
			db := openAt(t, address, tenant)
			t.Logf("server version %s", db.Version())
			t.Cleanup(func() { dropPassages(t, address) })
			storetest.Run(t, storetest.Store{
				Open: func(t testing.TB) storetest.DB { return storetest.Adapt(openAt(t, address, tenant)) },
				Tenant: func(t testing.TB, other string) storetest.DB {
					view, err := openAt(t, address, "").Tenant(tenant + other)
					if err != nil {
						t.Fatal(err)
					}
					return storetest.Adapt(view)
				},
				NoLexical: !db.HasLexical(),
			})
		})
	}
}
