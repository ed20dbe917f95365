//go:build unix

package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// faultLoad sends requests of every kind to a server while faults happen. It
// records what the server acknowledges.
type faultLoad struct {
	t      testing.TB
	url    string
	client *http.Client
	log    fmt.Stringer
	pause  time.Duration // between uploads of a client. The test waits for all uploads at the end, and the server keeps the last 1,000
	stop   chan struct{}
	wg     sync.WaitGroup

	mu       sync.Mutex
	changed  *sync.Cond
	away     bool           // the server is stopped or stopping
	cuts     bool           // the server is killed, so answers that have begun may break off
	times    int            // number of times the server was away
	outcomes map[string]int // by kind and outcome
	odd      map[string]int // outcomes that the documentation does not mention
	uploads  map[string]string
	comments []string
	sessions map[string]int // number of answered questions by session
}

// patience is the time within which the server must recover.
const patience = time.Minute

func newFaultLoad(s *faultServer) *faultLoad {
	l := &faultLoad{
		t: s.t, url: s.url, log: s.log, pause: 100 * time.Millisecond, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: time.Minute}, stop: make(chan struct{}),
		outcomes: map[string]int{}, odd: map[string]int{}, uploads: map[string]string{}, sessions: map[string]int{},
	}
	l.changed = sync.NewCond(&l.mu)
	return l
}

// start starts the given number of clients of each kind and returns a function
// that ends them.
func (l *faultLoad) start(each int) (end func()) {
	kinds := map[string]func(client, n int) string{
		"stream": l.stream, "ask": l.ask, "steps": l.steps, "search": l.search, "upload": l.upload, "feedback": l.feedback, "session": l.session,
	}
	for kind, send := range kinds {
		for client := range each {
			l.wg.Go(func() {
				for n := 0; ; n++ {
					select {
					case <-l.stop:
						return
					default:
					}
					l.mu.Lock()
					before := l.times
					l.mu.Unlock()
					l.note(kind, before, send(client, n))
					// A refused client waits before its next request.
					if kind == "upload" {
						time.Sleep(l.pause)
					} else {
						time.Sleep(5 * time.Millisecond)
					}
				}
			})
		}
	}
	return sync.OnceFunc(func() {
		close(l.stop)
		l.wg.Wait()
		l.client.CloseIdleConnections()
	})
}

// note records an outcome. Connections may be refused, or break before an
// answer has begun, only while the server is away.
func (l *faultLoad) note(kind string, before int, outcome string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	documented := slices.Contains([]string{"ok", "429", "503", "504", "507", "stream unavailable", "stream storage_full", "stream shutting_down"}, outcome)
	what, _, _ := strings.Cut(outcome, ": ")
	excused := (l.away || l.times > before) && (what == "broken" || what == "cut" && l.cuts)
	if !documented && !excused {
		l.odd[kind+": "+outcome]++
	}
	if excused {
		outcome = what
	}
	l.outcomes[kind+" "+outcome]++
	l.changed.Broadcast()
}

// await waits until each of the outcomes has occurred n more times.
func (l *faultLoad) await(n int, outcomes ...string) {
	l.t.Helper()
	timer := time.AfterFunc(patience, l.changed.Broadcast)
	defer timer.Stop()
	begin := time.Now()
	l.mu.Lock()
	defer l.mu.Unlock()
	want := map[string]int{}
	for _, o := range outcomes {
		want[o] = l.outcomes[o] + n
	}
	for {
		missing := ""
		for o, many := range want {
			if l.outcomes[o] < many {
				missing = o
			}
		}
		if missing == "" {
			return
		}
		if time.Since(begin) > patience {
			l.t.Fatalf("no %q in time: %v, odd: %v\n%s", missing, l.outcomes, l.odd, failures(l.log))
		}
		l.changed.Wait()
	}
}

// gone records that the server goes away or is back.
func (l *faultLoad) gone(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
	l.times++
}

// failures returns the different errors in a server's log.
func failures(log fmt.Stringer) string {
	seen := map[string]bool{}
	for line := range strings.SplitSeq(log.String(), "\n") {
		var l struct{ Msg, Error string }
		if json.Unmarshal([]byte(line), &l) == nil && l.Error != "" {
			seen[l.Msg+": "+l.Error] = true
		}
	}
	return strings.Join(slices.Sorted(maps.Keys(seen)), "\n")
}

// summary returns the outcomes in order.
func (l *faultLoad) summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, o := range slices.Sorted(maps.Keys(l.outcomes)) {
		fmt.Fprintf(&b, "%s %d; ", o, l.outcomes[o])
	}
	return b.String()
}
