package main

import (
	"fmt"
	"io"
	"math"

	"selfrag/internal/queueing"
)

// part is a part of the service with its servers.
type part struct {
	record
	times   queueing.Times
	mean    float64 // seconds of one server for one request
	visits  float64 // share of the requests that come here
	servers int
	shards  int // machines that take part in a search, each with a core of its own
}

// The indexes of the parts, as times.json has them.
const (
	embedder = iota
	store
	reranker
	model
	loop
)

// planned returns the parts with as many servers as keep each busy for no more
// than its share of the time.
func planned(s settings, records []record, m machine) ([]part, error) {
	if len(records) != loop+1 {
		return nil, fmt.Errorf("there are times of %d parts", len(records))
	}
	visits := []float64{embedder: 1, store: 1, reranker: 1, model: s.ask * (1 - s.loop), loop: s.ask * s.loop}
	c := contents{dimensions: 384, links: 16, terms: 100, text: 1000}
	hnsw := indexKinds()[1]
	parts := make([]part, len(records))
	for i, r := range records {
		times, err := r.times()
		if err != nil {
			return nil, err
		}
		p := part{record: r, visits: visits[i], shards: 1}
		if i == store {
			p.shards = machines(s.passages*(hnsw.memory(c)+sparseBytes(c)+fieldBytes(c)), m)
			times = queueing.Slowest(p.shards, times)
		}
		p.times, p.mean = times, mean(times)
		p.servers = max(1, int(math.Ceil(s.rate*p.visits*p.mean/s.full)))
		parts[i] = p
	}
	return parts, nil
}

func network(s settings, parts []part, rate float64) queueing.Network {
	n := queueing.Network{Rate: rate, Requests: s.requests, Warmup: s.requests / 20, Seed: s.seed}
	for _, p := range parts {
		n.Stations = append(n.Stations, queueing.Station{Name: p.Part, Servers: p.servers, Time: p.times})
	}
	search := []int{embedder, store, reranker}
	n.Classes = []queueing.Class{
		{Name: "search", Share: 1 - s.ask, Route: search},
		{Name: "two-stage", Share: s.ask * (1 - s.loop), Route: append(search[:3:3], model)},
		{Name: "self-rag", Share: s.ask * s.loop, Route: append(search[:3:3], loop)},
	}
	return n
}

// printPlan prints the servers of each part and what requests see at the planned
// rate and at others.
func printPlan(w io.Writer, s settings, records []record, m machine) error {
	parts, err := planned(s, records, m)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "%.3g passages of 384 dimensions, %g requests a second: %.0f %% search, %.0f %% two-stage, %.0f %% self-rag\n",
		s.passages, s.rate, 100*(1-s.ask), 100*s.ask*(1-s.loop), 100*s.ask*s.loop)
	fmt.Fprintf(w, "with as many servers as keep each part busy for at most %.0f %% of the time:\n\n", 100*s.full)
	fmt.Fprintf(w, "%-10s %10s %12s %9s  %s\n", "part", "time, mean", "requests/s", "servers", "a server is")
	for _, p := range parts {
		is := p.Server
		if p.shards > 1 {
			groups := (p.servers + s.cores - 1) / s.cores
			is += fmt.Sprintf(" of each of %d machines; copies of them, of %d cores each: %d", p.shards, s.cores, groups)
		}
		fmt.Fprintf(w, "%-10s %8.1f ms %12.1f %9d  %s\n", p.Part, 1000*p.mean, s.rate*p.visits, p.servers, is)
	}
	fmt.Fprintf(w, "\nSeconds of a request, p50 p95 p99; Little is L / (lambda W):\n\n%-6s %-8s %-20s %-20s %-20s %-14s %s\n",
		"rate", "Little", "search", "two-stage", "self-rag", "fullest part", "longest wait, p99")
	for _, share := range []float64{0.5, 0.8, 1, 1.2, 1.4, 1.6} {
		r, err := queueing.Simulate(network(s, parts, share*s.rate))
		if err != nil {
			return err
		}
		fmt.Fprintf(w, "%-6g %-8.5f", share*s.rate, r.Present/(float64(r.Requests)/r.Seconds*r.Sojourn))
		for _, c := range r.Classes {
			q := c.Seconds
			fmt.Fprintf(w, " %-20s", fmt.Sprintf("%.2f %.2f %.2f", q.P50, q.P95, q.P99))
		}
		fullest, full := "", 0.0
		for _, p := range parts {
			if load := share * s.rate * p.visits * p.mean / float64(p.servers); load > full {
				fullest, full = p.Part, load
			}
		}
		slowest := r.Stations[0]
		for _, l := range r.Stations {
			if l.Wait.P99 > slowest.Wait.P99 {
				slowest = l
			}
		}
		fmt.Fprintf(w, " %-14s %s %.2f s\n", fmt.Sprintf("%s %.0f %%", fullest, 100*full), slowest.Name, slowest.Wait.P99)
	}
	return nil
}
