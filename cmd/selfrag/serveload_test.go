package main

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"runtime"
	"runtime/metrics"
	"runtime/pprof"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// loadOf reads a size of the load from the environment: make soak-serve sets
// the long form.
func loadOf(name string, otherwise int) int {
	if n, err := strconv.Atoi(os.Getenv(name)); err == nil {
		return n
	}
	return otherwise
}

// streamed is what became of one streamed answer.
type streamed struct {
	first time.Duration // until the first text
	whole bool
	err   string
}

// streamOnce asks by a stream and reads it to its end.
func streamOnce(client *http.Client, url string) (out streamed) {
	begin := time.Now()
	resp, err := client.Post(url+"/v1/chat/completions", "application/json", strings.NewReader(chatQuestion))
	if err != nil {
		return streamed{err: err.Error()}
	}
	defer resp.Body.Close()
	if resp.StatusCode != 200 {
		return streamed{err: resp.Status}
	}
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		line := lines.Text()
		if out.first == 0 && strings.Contains(line, `"content":"The`) {
			out.first = time.Since(begin)
		}
		out.whole = out.whole || line == "data: [DONE]"
		if strings.Contains(line, `"error"`) {
			out.err = line
		}
	}
	if err := lines.Err(); err != nil {
		out.err = err.Error()
	}
	return out
}

// TestServeLoad keeps streams going against a model that writes 50 tokens a
// second: none breaks, and the server adds little to what the model takes.
func TestServeLoad(t *testing.T) {
	streams, seconds := loadOf("SELFRAG_LOAD_STREAMS", 20), loadOf("SELFRAG_LOAD_SECONDS", 3)
	m := newBridgeModel(t)
	m.draft = "The bridge has two lanes" + strings.Repeat(" and two lanes", 30) + " [1]."
	a := newServedApp(t, m)
	a.settings.Concurrency, a.settings.Queue = streams, streams
	s := startServer(t, a)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: streams}}
	defer client.CloseIdleConnections()

	// What the model takes: its tokens, and a time for each grade.
	before := m.calls.Load()
	if got := streamOnce(client, s.url); got.err != "" || !got.whole {
		t.Fatalf("%+v\n%s", got, s.log)
	}
	grades := m.calls.Load() - before - 1
	m.perSecond, m.probe = 50, 20*time.Millisecond
	tokens := len(strings.SplitAfter(m.draft, " "))
	nominal := time.Duration(tokens)*time.Second/50 + time.Duration(grades)*m.probe
	heap := func() uint64 {
		runtime.GC()
		var stats runtime.MemStats
		runtime.ReadMemStats(&stats)
		return stats.HeapAlloc >> 20
	}

	spent := func() float64 { // of this process: model, server and clients
		runtime.GC()
		sample := []metrics.Sample{{Name: "/cpu/classes/user:cpu-seconds"}}
		metrics.Read(sample)
		return sample[0].Value.Float64()
	}
	cpu := spent()
	var mu sync.Mutex
	var added []time.Duration
	broken := map[string]int{}
	end := time.Now().Add(time.Duration(seconds) * time.Second)
	var wg sync.WaitGroup
	for i := range streams {
		wg.Go(func() {
			// The streams do not begin in the same instant.
			time.Sleep(time.Duration(i) * nominal / time.Duration(streams))
			for time.Now().Before(end) {
				got := streamOnce(client, s.url)
				mu.Lock()
				if got.err != "" || !got.whole || got.first == 0 {
					broken[fmt.Sprintf("%+v", got)]++
				} else {
					added = append(added, got.first-nominal)
				}
				mu.Unlock()
			}
		})
	}
	time.Sleep(time.Until(end) * 2 / 3)
	early := heap()
	if path := os.Getenv("SELFRAG_LOAD_HEAP"); path != "" {
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(pprof.WriteHeapProfile(f), f.Close()); err != nil {
			t.Fatal(err)
		}
	}
	wg.Wait()
	late := heap()
	if len(broken) > 0 || len(added) == 0 {
		t.Fatalf("%d whole, broken: %v", len(added), broken)
	}
	slices.Sort(added)
	at := func(p float64) time.Duration { return added[int(p*float64(len(added)-1))].Round(time.Millisecond / 10) }
	t.Logf("%d streams for %d s: %d answers of %d tokens, model time %s; added to the first token p50 %s, p95 %s, p99 %s, most %s; heap %d MB, then %d MB; %.1f ms of processor an answer",
		streams, seconds, len(added), tokens, nominal, at(0.5), at(0.95), at(0.99), at(1), early, late, 1000*(spent()-cpu)/float64(len(added)))
	if most := time.Duration(loadOf("SELFRAG_LOAD_ADDED_MS", 1000)) * time.Millisecond; at(0.99) > most {
		t.Errorf("p99 of the added time is %s, more than %s", at(0.99), most)
	}
	if late > early+50 {
		t.Errorf("the heap grew from %d to %d MB", early, late)
	}
}

// TestServeUnderTooMuch sends more than the limits let in: every answer is
// 200 or 429, and 429 says when to come again.
func TestServeUnderTooMuch(t *testing.T) {
	clients := loadOf("SELFRAG_LOAD_CLIENTS", 200)
	m := newBridgeModel(t)
	m.probe = 5 * time.Millisecond
	a := newServedApp(t, m)
	a.settings.Concurrency, a.settings.Queue, a.settings.Rate, a.settings.Burst = 4, 16, 100, 100
	s := startServer(t, a)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: clients}, Timeout: 5 * time.Minute}
	defer client.CloseIdleConnections()
	var mu sync.Mutex
	statuses := map[string]int{}
	var wg sync.WaitGroup
	for range clients {
		wg.Go(func() {
			for range 5 {
				resp, err := client.Post(s.url+"/v1/chat/completions", "application/json", strings.NewReader(strings.Replace(chatQuestion, `"stream":true,`, "", 1)))
				status := "no answer"
				if err == nil {
					_, _ = io.Copy(io.Discard, resp.Body)
					_ = resp.Body.Close()
					status = resp.Status
					if resp.StatusCode == 429 && resp.Header.Get("Retry-After") == "" {
						status += " without Retry-After"
					}
				} else {
					t.Log(err)
				}
				mu.Lock()
				statuses[status]++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	t.Logf("%d clients, 5 requests each: %v", clients, statuses)
	if statuses["200 OK"] == 0 || statuses["429 Too Many Requests"] == 0 || len(statuses) != 2 {
		t.Errorf("statuses: %v", statuses)
	}
}
