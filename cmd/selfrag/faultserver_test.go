//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// faultServer is `selfrag serve` in a process of its own. It can be stopped and
// started again at the same address.
type faultServer struct {
	t       testing.TB
	url     string
	data    string   // data folder as the server sees it
	seen    string   // the same folder as the test sees it
	command []string // command line that runs selfrag
	flags   []string // flags of all its commands
	process *exec.Cmd
	log     *lockedBuffer
	ended   chan error
}

// newFaultServer prepares a server with the given model. data is its data
// folder. enter, if not nil, is the command that enters the file system of the
// folder.
func newFaultServer(t testing.TB, model *bridgeModel, data, seen string, enter []string, flags ...string) *faultServer {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	selfrag := filepath.Join(t.TempDir(), "selfrag") // TestMain runs main under this name
	if err := os.Symlink(exe, selfrag); err != nil {
		t.Fatal(err)
	}
	s := &faultServer{
		t: t, data: data, seen: seen, log: &lockedBuffer{}, command: append(enter[:len(enter):len(enter)], selfrag),
		flags: append([]string{"--ollama-address", model.URL, "--embedder", "none", "--data-dir", data, "--collection", "notes"}, flags...),
	}
	s.url = "http://" + freeAddress(t)
	document := filepath.Join(t.TempDir(), "bridge.md")
	if err := os.WriteFile(document, []byte("# The bridge\n\nThe bridge has two lanes.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := s.selfrag("ingest", document).CombinedOutput(); err != nil {
		t.Fatalf("ingest: %v\n%s", err, out)
	}
	return s
}

func freeAddress(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

func (s *faultServer) selfrag(args ...string) *exec.Cmd {
	all := append(append(s.command[1:len(s.command):len(s.command)], args...), s.flags...)
	cmd := exec.Command(s.command[0], all...)
	cmd.Env = append(os.Environ(), "TESTSCRIPT_COMMAND=selfrag", "SELFRAG_CONFIG=")
	return cmd
}

// start starts the server and waits until it answers.
func (s *faultServer) start() {
	s.t.Helper()
	s.process = s.selfrag("serve", "--listen", strings.TrimPrefix(s.url, "http://"), "--rerank", "none", "--rate", "-1", "--concurrency", "16", "--queue", "100", "--shutdown-timeout", "1s")
	s.process.Stdout, s.process.Stderr = io.Discard, s.log
	if err := s.process.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan error, 1)
	s.ended = ended
	go func() { ended <- s.process.Wait() }()
	s.t.Cleanup(func() { _ = s.process.Process.Kill() }) // if it still runs
	ticks := time.NewTicker(10 * time.Millisecond)
	defer ticks.Stop()
	for range 6000 {
		<-ticks.C
		resp, err := http.Get(s.url + "/healthz")
		if err == nil {
			_ = resp.Body.Close()
			return
		}
		select {
		case err := <-ended:
			s.t.Fatalf("serve ended: %v\n%s", err, s.log)
		default:
		}
	}
	s.t.Fatalf("serve did not start:\n%s", s.log)
}

// end sends a signal and waits for the server to exit.
func (s *faultServer) end(signal syscall.Signal) {
	s.t.Helper()
	if err := s.process.Process.Signal(signal); err != nil {
		s.t.Fatal(err)
	}
	if err := <-s.ended; err != nil && signal != syscall.SIGKILL {
		s.t.Errorf("after %v serve ended with %v\n%s", signal, err, s.log)
	}
}

// verify checks that the server still has everything that it acknowledged.
func (s *faultServer) verify(l *faultLoad) {
	s.t.Helper()
	for odd, times := range l.odd {
		s.t.Errorf("no answer and no documented error, %d times: %s", times, odd)
	}
	if len(l.odd) > 0 {
		s.t.Log(failures(l.log))
	}
	for name, job := range l.uploads {
		s.finished(l, job)
		word := strings.NewReplacer("report-", "word", "-", "x", ".txt", "").Replace(name)
		_, found := l.send("/api/v1/search", map[string]any{"query": word, "collection": "reports"})
		if !strings.Contains(found, "upload:"+name) {
			s.t.Errorf("%s was acknowledged and is not found: %s", name, found)
		}
	}
	kept, err := os.ReadFile(filepath.Join(s.seen, "feedback.jsonl"))
	if err != nil {
		s.t.Fatal(err)
	}
	comments := map[string]bool{}
	for line := range strings.SplitSeq(string(kept), "\n") {
		var f struct{ Comment string }
		if json.Unmarshal([]byte(line), &f) == nil {
			comments[f.Comment] = true
		}
	}
	for _, comment := range l.comments {
		if !comments[comment] {
			s.t.Errorf("feedback was acknowledged and is not kept: %s", comment)
		}
	}
	for name, answered := range l.sessions {
		content := s.get("/api/v1/sessions/" + name)
		var kept struct{ Turns []any }
		if err := json.Unmarshal([]byte(content), &kept); err != nil || len(kept.Turns) < answered {
			s.t.Errorf("session %s had %d answers and keeps %d: %s", name, answered, len(kept.Turns), content)
		}
	}
	s.t.Logf("acknowledged and kept: %d uploads, %d comments, %d sessions; %s", len(l.uploads), len(l.comments), len(l.sessions), l.summary())
	if len(l.uploads) == 0 || len(l.comments) == 0 || len(l.sessions) == 0 {
		s.t.Error("nothing was acknowledged")
	}
}

// finished waits until a job is done.
func (s *faultServer) finished(l *faultLoad, job string) {
	s.t.Helper()
	_ = s.get("/api/v1/jobs/" + job + "/events") // ends when the job ends
	var ended struct {
		State string
		Files []struct{ Outcome string }
	}
	if content := s.get("/api/v1/jobs/" + job); json.Unmarshal([]byte(content), &ended) != nil || ended.State != "done" || ended.Files[0].Outcome == "failed" {
		s.t.Errorf("an upload was acknowledged and ended so: %s", content)
	}
}

func (s *faultServer) get(path string) string {
	s.t.Helper()
	resp, err := http.Get(s.url + path)
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	return string(content)
}

// restartable is the server of a model that can be stopped and started again.
type restartable struct {
	*bridgeModel
	address string
	handler http.Handler
}

func newRestartable(t testing.TB) *restartable {
	m := newBridgeModel(t)
	m.perSecond, m.probe = 500, time.Millisecond
	return &restartable{m, m.Listener.Addr().String(), m.Config.Handler}
}

func (r *restartable) down() {
	r.CloseClientConnections()
	r.Close()
}

func (r *restartable) up(t testing.TB) {
	t.Helper()
	l, err := net.Listen("tcp", r.address)
	if err != nil {
		t.Fatal(err)
	}
	fresh := &httptest.Server{Listener: l, Config: &http.Server{Handler: r.handler}} //nolint:gosec // of a test
	fresh.Start()
	t.Cleanup(fresh.Close)
	r.Server = fresh // the next stop closes this one
}

// room is a folder on a small file system of its own.
type room struct {
	inside, seen string
	enter        []string // the beginning of a command that runs another one inside the file system
}

// smallDisk creates a room. It uses a mount namespace, as root or as a user
// that may create user namespaces, and otherwise sudo if that needs no
// password.
func smallDisk(t *testing.T, megabytes int) room {
	t.Helper()
	dir := t.TempDir()
	mount := []string{"mount", "-t", "tmpfs", "-o", fmt.Sprintf("size=%dm,mode=700,uid=%d", megabytes, os.Getuid()), "tmpfs", dir}
	space, user := []string{"unshare", "--mount"}, []string{}
	if os.Getuid() != 0 {
		space, user = append(space, "--user", "--map-root-user"), []string{"--user", "--preserve-credentials"}
		mount[4] = fmt.Sprintf("size=%dm,mode=700", megabytes)
	}
	holder := exec.Command(space[0], append(space[1:], "sh", "-c", `"$@" && echo mounted && exec cat`, "sh")...)
	holder.Args = append(holder.Args, mount...)
	var complaint strings.Builder
	holder.Stderr = &complaint
	in, err := holder.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := holder.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := holder.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = in.Close()
		_ = holder.Wait() // it exits when its input ends
	})
	said := make([]byte, len("mounted"))
	if _, err := io.ReadFull(out, said); err == nil {
		pid := fmt.Sprint(holder.Process.Pid)
		return room{dir, filepath.Join("/proc", pid, "root", dir), append([]string{"nsenter", "--target", pid, "--mount"}, user...)}
	}
	if out, err := exec.Command("sudo", append([]string{"-n"}, mount...)...).CombinedOutput(); err != nil {
		t.Fatalf("no small disk can be mounted here, in a namespace (%s) or by sudo: %v: %s", complaint.String(), err, out)
	}
	t.Cleanup(func() {
		if out, err := exec.Command("sudo", "-n", "umount", dir).CombinedOutput(); err != nil {
			t.Errorf("unmount: %v: %s", err, out)
		}
	})
	return room{dir, dir, nil}
}
