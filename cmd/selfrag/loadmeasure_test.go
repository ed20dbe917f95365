//go:build unix

package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"os"
	"runtime"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// load is a number of clients that each ask one question after another.
type load struct {
	streams int
	nominal time.Duration // time that the model takes for an answer
}

// waited holds the outcomes of a load.
type waited struct {
	waits  []time.Duration // time until the first text, beyond the nominal time
	broken map[string]int
}

// run asks for the given number of seconds. Near the end it calls look unless
// that is nil.
func (l *load) run(seconds int, ask func() streamed, look func()) *waited {
	out := &waited{broken: map[string]int{}}
	var mu sync.Mutex
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	var wg sync.WaitGroup
	for i := range l.streams {
		wg.Go(func() {
			// The streams start at different times.
			time.Sleep(time.Duration(i) * l.nominal / time.Duration(l.streams))
			for time.Now().Before(end) {
				got := ask()
				mu.Lock()
				if got.err != "" || !got.whole || got.first == 0 {
					out.broken[fmt.Sprintf("%+v", got)]++
				} else {
					out.waits = append(out.waits, got.first-l.nominal)
				}
				mu.Unlock()
			}
		})
	}
	if look != nil {
		time.Sleep(time.Until(end) * 2 / 3)
		look()
	}
	wg.Wait()
	slices.Sort(out.waits)
	return out
}

func (w *waited) add(more *waited) {
	w.waits = append(w.waits, more.waits...)
	slices.Sort(w.waits)
	maps.Copy(w.broken, more.broken)
}

func (w *waited) at(p float64) time.Duration {
	return w.waits[int(p*float64(len(w.waits)-1))].Round(time.Millisecond / 10)
}

// recordedRequests holds the requests that the model received.
type recordedRequests struct {
	mu     sync.Mutex
	bodies []string
	done   bool
}

func (r *recordedRequests) add(body []byte) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if !r.done {
		r.bodies = append(r.bodies, string(body))
	}
}

func (r *recordedRequests) stop() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.done = true
	return r.bodies
}

// draftOnce sends a request to the model itself and waits for the last token.
func draftOnce(client *http.Client, url, body string) (out streamed) {
	begin := time.Now()
	resp, err := client.Post(url+"/api/chat", "application/json", strings.NewReader(body))
	if err != nil {
		return streamed{err: err.Error()}
	}
	defer resp.Body.Close()
	content, err := io.ReadAll(resp.Body)
	if err != nil {
		return streamed{err: err.Error()}
	}
	return streamed{first: time.Since(begin), whole: strings.Contains(string(content), `"done":true`)}
}

func heapMB() uint64 {
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc >> 20
}

// writeHeapProfile writes a heap profile to the file that SELFRAG_LOAD_HEAP
// names.
func writeHeapProfile(t *testing.T) {
	path := os.Getenv("SELFRAG_LOAD_HEAP")
	if path == "" {
		return
	}
	f, err := os.Create(path)
	if err != nil {
		t.Error(err)
		return
	}
	if err := errors.Join(pprof.WriteHeapProfile(f), f.Close()); err != nil {
		t.Error(err)
	}
}
