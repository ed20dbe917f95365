package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// loadSeconds is how long each number of clients keeps asking.
const loadSeconds = 20

// printLoad measures a server with its default embedder, reranker, store and limits
// under clients that ask one question after another, and prints a table. It then says
// how long one client of a tenant waits while another tenant has a hundred.
func (s settings) printLoad(ctx context.Context, w io.Writer) error {
	questions, err := s.questions()
	if err != nil {
		return err
	}
	data := filepath.Join(s.dir, "load")
	if err := s.program(ctx, "ingest", s.handbook, "--data-dir", data); err != nil {
		return err
	}
	srv, err := s.serve(ctx, "--data-dir", data)
	if err != nil {
		return err
	}
	table := &loadTable{w: w}
	for _, kind := range kindsOfLoad() {
		for _, clients := range []int{1, 10, 100} {
			table.add(kind.name, clients, "", s.load(ctx, srv, kind, "", clients, questions))
		}
	}
	if err := srv.stop(); err != nil {
		return err
	}
	return s.fairness(ctx, data, table, questions)
}

// fairness gives two tenants keys of their own. One asks with a hundred clients, the
// other with one, first alone and then beside it.
func (s settings) fairness(ctx context.Context, data string, table *loadTable, questions []string) error {
	var keys [2]string
	for i, name := range []string{"many", "one"} {
		cmd := exec.CommandContext(ctx, s.selfrag, "keys", "create", "--name", name, "--data-dir", data) //nolint:gosec // the program to measure
		cmd.Env = plainEnvironment()
		out, err := cmd.Output()
		if err != nil {
			return fmt.Errorf("create a key: %w", err)
		}
		keys[i] = strings.TrimSpace(string(out))
	}
	srv, err := s.serve(ctx, "--data-dir", data)
	if err != nil {
		return err
	}
	kind := kindsOfLoad()[0]
	table.add(kind.name, 1, "a tenant alone", s.load(ctx, srv, kind, keys[1], 1, questions))
	var wg sync.WaitGroup
	var many waits
	wg.Go(func() { many = s.load(ctx, srv, kind, keys[0], 100, questions) })
	one := s.load(ctx, srv, kind, keys[1], 1, questions)
	wg.Wait()
	table.add(kind.name, 1, "beside a tenant of 100", one)
	table.add(kind.name, 100, "that tenant", many)
	return srv.stop()
}

// kindOfLoad is a request of which a load consists.
type kindOfLoad struct {
	name, path string
	body       func(question string) any
}

func kindsOfLoad() []kindOfLoad {
	return []kindOfLoad{
		{"search with evidence", "/api/v1/search", func(q string) any { return map[string]any{"query": q, "evidence": true} }},
		{"ask extractive", "/api/v1/ask", func(q string) any { return map[string]any{"question": q, "strategy": "extractive"} }},
	}
}

// waits is what clients saw.
type waits struct {
	answered []time.Duration // sorted
	refused  int             // requests that were told to come again later
	failed   map[string]int  // other errors, by their text
	took     time.Duration
}

// load lets a number of clients ask for loadSeconds. A client that is told to come
// again later waits for half a second, as programs do that know no better.
func (s settings) load(ctx context.Context, srv *server, kind kindOfLoad, key string, clients int, questions []string) waits {
	fmt.Fprintf(s.log, "%s: %d clients for %d s\n", kind.name, clients, loadSeconds)
	out := waits{failed: map[string]int{}}
	var mu sync.Mutex
	begin := time.Now()
	end := begin.Add(loadSeconds * time.Second)
	var wg sync.WaitGroup
	for client := range clients {
		wg.Go(func() {
			for i := client; time.Now().Before(end) && ctx.Err() == nil; i++ {
				asked := time.Now()
				err := srv.post(ctx, kind.path, key, kind.body(questions[i%len(questions)]))
				wait := time.Since(asked)
				busy := errors.Is(err, errBusy)
				mu.Lock()
				switch {
				case err == nil:
					out.answered = append(out.answered, wait)
				case busy:
					out.refused++
				default:
					out.failed[err.Error()]++
				}
				mu.Unlock()
				if busy {
					time.Sleep(time.Second / 2)
				}
			}
		})
	}
	wg.Wait()
	out.took = time.Since(begin)
	slices.Sort(out.answered)
	return out
}

// loadTable is a table in Markdown that grows row by row.
type loadTable struct {
	w     io.Writer
	begun bool
}

func (t *loadTable) add(name string, clients int, note string, of waits) {
	if !t.begun {
		fmt.Fprintln(t.w, "| request | clients | | answered a second | p50 | p99 | refused, to come again | failed |\n|---|---|---|---|---|---|---|---|")
		t.begun = true
	}
	at := func(p float64) string {
		if len(of.answered) == 0 {
			return ""
		}
		return shown(of.answered[int(p*float64(len(of.answered)-1))].Seconds())
	}
	failed := 0
	for _, n := range of.failed {
		failed += n
	}
	fmt.Fprintf(t.w, "| %s | %d | %s | %.3g | %s | %s | %d | %d |\n", name, clients, note,
		float64(len(of.answered))/of.took.Seconds(), at(0.5), at(0.99), of.refused, failed)
	for text, n := range of.failed {
		fmt.Fprintf(t.w, "\n%d times: %s\n", n, text)
	}
}
