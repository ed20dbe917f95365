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

// faultLoad sends requests of every kind to a server to which things happen.
// It keeps what the server acknowledged.
type faultLoad struct {
	t      testing.TB
	url    string
	client *http.Client
	log    fmt.Stringer
	pause  time.Duration // between a client's uploads: all are waited for in the end, and the server tells of the last 1,000
	stop   chan struct{}
	wg     sync.WaitGroup

	mu       sync.Mutex
	changed  *sync.Cond
	away     bool           // the server is stopped, or being stopped
	cuts     bool           // answers that have begun may be cut off meanwhile: it is killed
	times    int            // that it was
	outcomes map[string]int // by kind and outcome
	odd      map[string]int // outcomes that no document answers of
	uploads  map[string]string
	comments []string
	sessions map[string]int // answered questions
}

// patience is how long something may take to come back.
const patience = time.Minute

func newFaultLoad(s *faultServer) *faultLoad {
	l := &faultLoad{
		t: s.t, url: s.url, log: s.log, pause: 100 * time.Millisecond, client: &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 32}, Timeout: time.Minute}, stop: make(chan struct{}),
		outcomes: map[string]int{}, odd: map[string]int{}, uploads: map[string]string{}, sessions: map[string]int{},
	}
	l.changed = sync.NewCond(&l.mu)
	return l
}

// start begins so many clients of each kind; the function returned ends them.
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
					// A client does not hammer on a server that refuses it.
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

// note keeps an outcome. Connections that are refused, or break before an
// answer has begun, are for a time when there is no server.
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

// await waits until each of the outcomes came n more times.
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

// gone says that the server is going away, or is back.
func (l *faultLoad) gone(away bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.away = away
	l.times++
}

// failures are the errors that a server's log tells, each once.
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

// summary is the outcomes, in order.
func (l *faultLoad) summary() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var b strings.Builder
	for _, o := range slices.Sorted(maps.Keys(l.outcomes)) {
		fmt.Fprintf(&b, "%s %d; ", o, l.outcomes[o])
	}
	return b.String()
}
