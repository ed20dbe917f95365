//go:build integration && linux

package main

import (
	"net"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"selfrag/cmd/selfrag/internal/config"
)

// liteServer is a Milvus Lite for one test, which can be killed and started
// again on the same data.
type liteServer struct {
	t       testing.TB
	address string
	data    string
	process *exec.Cmd
}

func newLiteServer(t testing.TB) *liteServer {
	t.Helper()
	script, err := filepath.Abs("../../scripts/milvus-lite")
	if err != nil {
		t.Fatal(err)
	}
	if out, err := exec.CommandContext(t.Context(), script).CombinedOutput(); err != nil {
		t.Fatalf("install Milvus Lite: %v\n%s", err, out)
	}
	l := &liteServer{t: t, address: freeAddress(t), data: t.TempDir()}
	t.Cleanup(func() { l.down() })
	l.up()
	return l
}

func (l *liteServer) up() {
	l.t.Helper()
	host, port, err := net.SplitHostPort(l.address)
	if err != nil {
		l.t.Fatal(err)
	}
	cmd := exec.Command(installed(l.t, "milvus-lite", "bin", "python"), installed(l.t, "milvus-lite", "bin", "milvus-lite"), "server", "--data-dir", l.data, "--host", host, "--port", port)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // to kill its children as well
	if err := cmd.Start(); err != nil {
		l.t.Fatal(err)
	}
	l.process = cmd
	ticks := time.NewTicker(50 * time.Millisecond)
	defer ticks.Stop()
	for range 1200 {
		<-ticks.C
		if c, err := net.Dial("tcp", l.address); err == nil {
			_ = c.Close()
			return
		}
	}
	l.t.Fatal("Milvus Lite did not start in a minute")
}

func (l *liteServer) down() {
	if l.process == nil {
		return
	}
	_ = syscall.Kill(-l.process.Process.Pid, syscall.SIGKILL)
	_ = l.process.Wait() // its error is expected: it was killed
	l.process = nil
}

// TestServeOverMilvus checks that tenants are separate in Milvus as they are in
// SQLite, and that every route answers.
func TestServeOverMilvus(t *testing.T) {
	lite := newLiteServer(t)
	over := func(s *config.Settings) { s.Store, s.MilvusAddress = config.StoreMilvus, lite.address }
	t.Run("no key reaches another tenant", func(t *testing.T) {
		noKeyReachesAnotherTenant(t, newServedAppWith(t, newBridgeModel(t), over, "harbour", "other"))
	})
	t.Run("filters cannot leave their tenant", func(t *testing.T) {
		filtersCannotLeaveTheirTenant(t, newServedAppWith(t, newBridgeModel(t), over, "harbour"))
	})
	t.Run("every field holds its tenant", func(t *testing.T) {
		everyFieldHoldsItsTenant(t, newServedAppWith(t, newBridgeModel(t), over, "harbour"))
	})
}

// TestFaultMilvusRestarts kills the store under load and starts it again.
func TestFaultMilvusRestarts(t *testing.T) {
	lite := newLiteServer(t)
	m := newRestartable(t)
	s := newFaultServer(t, m.bridgeModel, t.TempDir(), "", nil, "--store", "milvus", "--milvus-address", lite.address)
	s.seen = s.data
	s.start()
	l := newFaultLoad(s)
	l.pause = 2 * time.Second // Milvus Lite takes seconds for an upload
	end := l.start(1)
	defer end()
	for range loadOf("SELFRAG_LOAD_ROUNDS", 1) {
		l.await(2, eachKind()...)
		lite.down()
		l.await(1, "search 503", "ask 503", "upload ok")
		lite.up()
	}
	l.await(2, eachKind()...)
	end()
	s.verify(l)
	if strings.Contains(s.log.String(), "panic") {
		t.Error(s.log)
	}
	s.end(syscall.SIGTERM)
}

// TestServeOverAnEmptiedMilvus checks that a store that lost all its data is
// reported as such and accepts documents again.
func TestServeOverAnEmptiedMilvus(t *testing.T) {
	lite := newLiteServer(t)
	s := startServer(t, newServedAppWith(t, newBridgeModel(t), func(s *config.Settings) { s.Store, s.MilvusAddress = config.StoreMilvus, lite.address }))
	const search = `{"query":"lanes"}`
	if resp, body := s.call("POST", "/api/v1/search", "", search); resp.StatusCode != 200 {
		t.Fatal(body)
	}
	lite.down()
	lite.data = t.TempDir()
	lite.up()
	resp, body := s.call("POST", "/api/v1/search", "", search)
	for ; resp.StatusCode == 503; resp, body = s.call("POST", "/api/v1/search", "", search) { // wait until it can be reached
	}
	if resp.StatusCode != 404 {
		t.Errorf("%d %s\n%s", resp.StatusCode, body, s.log)
	}
	if resp, body = s.upload("notes", "", map[string]string{"a.md": "The bridge has two lanes."}); resp.StatusCode != 202 {
		t.Fatal(body)
	}
	if job := s.finish("", body); job["state"] != "done" {
		t.Fatalf("%v\n%s", job, s.log)
	}
	if resp, body = s.call("POST", "/api/v1/search", "", search); resp.StatusCode != 200 || !strings.Contains(body, "upload:a.md") {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
}
