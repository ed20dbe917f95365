//go:build unix

package main

import (
	"bufio"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"selfrag/internal/processtest"
)

// streamed is the outcome of one streamed answer.
type streamed struct {
	first time.Duration // time until the first text
	whole bool
	err   string
}

// streamOnce asks for a stream and reads it to its end.
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

// TestServeLoad keeps a number of streams busy with a model that writes 50
// tokens a second. No stream may break, and the server may add little to the
// time of the model.
//
// The server sends verified text only, so the first token of an answer comes
// after the model has written its last. A question with strategy two-stage asks
// the model for one draft. The test also measures, before and after and in the
// same process, how long the same number of clients wait for that draft if they
// ask the model directly. The added time at a percentile is the difference
// between the two.
func TestServeLoad(t *testing.T) {
	streams, seconds := loadOf("SELFRAG_LOAD_STREAMS", 20), loadOf("SELFRAG_LOAD_SECONDS", 3)
	m := newBridgeModel(t)
	m.draft = "The bridge has two lanes" + strings.Repeat(" and two lanes", 30) + " [1]."
	recorded := &recordedRequests{}
	m.seen = recorded.add
	a := newServedApp(t, m)
	a.settings.Concurrency, a.settings.Queue = streams, streams
	s := startServer(t, a)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: streams}}
	defer client.CloseIdleConnections()
	if got := streamOnce(client, s.url); got.err != "" || !got.whole {
		t.Fatalf("%+v\n%s", got, s.log)
	}
	asked := recorded.stop()
	if len(asked) != 1 {
		t.Fatalf("a question made %d calls of the model, not one draft", len(asked))
	}
	m.perSecond = 50
	tokens := len(strings.SplitAfter(m.draft, " "))
	load := &load{streams: streams, nominal: time.Duration(tokens) * time.Second / 50}

	direct := func() streamed { return draftOnce(client, m.URL, asked[0]) }
	share := max(1, seconds/4)
	alone := load.run(share, direct, nil)
	cpu := processtest.ProcessorTime(t)
	var early uint64
	served := load.run(seconds, func() streamed { return streamOnce(client, s.url) }, func() {
		early = heapMB()
		writeHeapProfile(t)
	})
	spent := processtest.ProcessorTime(t) - cpu
	late := heapMB()
	alone.add(load.run(share, direct, nil))
	if len(served.broken)+len(alone.broken) > 0 || len(served.waits) == 0 || len(alone.waits) == 0 {
		t.Fatalf("%d whole, broken: %v; of the model alone %d, broken: %v", len(served.waits), served.broken, len(alone.waits), alone.broken)
	}
	t.Logf("%d streams for %d s: %d answers of %d tokens, for which the model takes %s; beyond that, the first token took", streams, seconds, len(served.waits), tokens, load.nominal)
	var added time.Duration
	for _, p := range []float64{0.5, 0.95, 0.99, 1} {
		own, all := alone.at(p), served.at(p)
		t.Logf("p%-3g  %9s  from the model alone %9s  added by the server %9s", 100*p, all, own, all-own)
		if p == 0.99 {
			added = all - own
		}
	}
	t.Logf("heap %d MB, then %d MB; %.1f ms of processor an answer, the model's and the client's included", early, late, 1000*spent.Seconds()/float64(len(served.waits)))
	// Other work on the machine makes milliseconds meaningless, so the default
	// bound is wide. make soak-serve sets the real bound.
	if most := time.Duration(loadOf("SELFRAG_LOAD_ADDED_MS", 10_000)) * time.Millisecond; added > most {
		t.Errorf("p99 of the added time is %s, more than %s", added, most)
	}
	if late > early+50 {
		t.Errorf("the heap grew from %d to %d MB", early, late)
	}
}

// TestServeUnderTooMuch sends more requests than the limits allow. Every answer
// must be 200 or 429, and a 429 must say when to try again.
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
