//go:build linux

package main

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// The tests in this file cause faults in a server under load. Every request
// must end in an answer or in an error that docs/reference/service.md documents, and
// everything that was acknowledged must be there at the end.
// SELFRAG_LOAD_ROUNDS repeats the faults; make soak-serve sets more rounds.

// eachKind returns the outcome "ok" for every kind of client.
func eachKind() []string {
	return []string{"stream ok", "ask ok", "steps ok", "search ok", "upload ok", "feedback ok", "session ok"}
}

func TestFaultModelRestarts(t *testing.T) {
	m := newRestartable(t)
	s := newFaultServer(t, m.bridgeModel, t.TempDir(), "", nil)
	s.seen = s.data
	s.start()
	l := newFaultLoad(s)
	end := l.start(2)
	defer end()
	for range loadOf("SELFRAG_LOAD_ROUNDS", 1) {
		l.await(2, eachKind()...)
		m.down()
		l.await(2, "ask 503", "search ok", "upload ok")
		m.up(t)
	}
	l.await(2, eachKind()...)
	end()
	s.verify(l)
	s.end(syscall.SIGTERM)
}

func TestFaultServerStops(t *testing.T) {
	for name, signal := range map[string]syscall.Signal{"at SIGTERM": syscall.SIGTERM, "killed": syscall.SIGKILL} {
		t.Run(name, func(t *testing.T) {
			m := newRestartable(t)
			s := newFaultServer(t, m.bridgeModel, t.TempDir(), "", nil)
			s.seen = s.data
			s.start()
			l := newFaultLoad(s)
			l.cuts = signal == syscall.SIGKILL
			end := l.start(2)
			defer end()
			for range loadOf("SELFRAG_LOAD_ROUNDS", 1) {
				l.await(2, eachKind()...)
				l.gone(true)
				s.end(signal)
				s.start()
				l.gone(false)
			}
			l.await(2, eachKind()...)
			end()
			s.verify(l)
			s.end(syscall.SIGTERM)
		})
	}
}

func TestFaultDiskFull(t *testing.T) {
	m := newRestartable(t)
	disk := smallDisk(t, 16)
	s := newFaultServer(t, m.bridgeModel, filepath.Join(disk.inside, "data"), filepath.Join(disk.seen, "data"), disk.enter)
	s.start()
	l := newFaultLoad(s)
	end := l.start(2)
	defer end()
	filler := filepath.Join(disk.seen, "filler")
	for range loadOf("SELFRAG_LOAD_ROUNDS", 1) {
		l.await(2, eachKind()...)
		fill(t, filler)
		l.await(2, "stream ok", "ask ok", "steps ok", "search ok", "upload 507", "session 507", "feedback 507")
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	l.await(2, eachKind()...)
	end()
	s.verify(l)
	s.end(syscall.SIGTERM)
}

// fill writes a file until there is no room left.
func fill(t *testing.T, path string) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); errors.Is(err, syscall.ENOSPC) {
			size /= 2
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
