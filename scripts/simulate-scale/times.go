package main

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"

	"selfrag/internal/queueing"
)

//go:embed times.json
var recorded []byte

// record is a measured time of a part. It has been recorded as one time, as a
// median with a 99th percentile, or as a list of times.
type record struct {
	Part, Server                         string
	Fixed                                float64
	Median, P99                          float64
	Replayed                             []struct{ Seconds, Times float64 }
	What, Command, Machine, Date, Source string
}

func readRecords(text []byte) ([]record, error) {
	var records []record
	if err := json.Unmarshal(text, &records); err != nil {
		return nil, fmt.Errorf("read the measured times: %w", err)
	}
	for _, r := range records {
		if _, err := r.times(); err != nil {
			return nil, fmt.Errorf("read the measured times: %s: %w", r.Part, err)
		}
	}
	return records, nil
}

func (r record) times() (queueing.Times, error) {
	switch {
	case len(r.Replayed) > 0:
		var all []float64
		for _, t := range r.Replayed {
			for range int(t.Times) {
				all = append(all, t.Seconds)
			}
		}
		return queueing.Replayed(all)
	case r.Fixed > 0:
		return queueing.Fixed(r.Fixed), nil
	}
	return queueing.Lognormal(r.Median, r.P99)
}

// mean returns the average of some draws: the closed form of the slowest of many
// is none.
func mean(times queueing.Times) float64 {
	const draws = 20_000
	r := rand.New(rand.NewPCG(1, 1))
	sum := 0.0
	for range draws {
		sum += times(r)
	}
	return sum / draws
}

// printRecords prints the measured times, and where each comes from.
func printRecords(w io.Writer, records []record) {
	fmt.Fprintln(w, "Measured times of one server for one request")
	for _, r := range records {
		fmt.Fprintf(w, "\n%s: %s\n  ", r.Part, r.What)
		switch {
		case len(r.Replayed) > 0:
			for i, t := range r.Replayed {
				if i > 0 {
					fmt.Fprint(w, ", ")
				}
				fmt.Fprintf(w, "%.0f of %g s", t.Times, t.Seconds)
			}
		case r.Fixed > 0:
			fmt.Fprintf(w, "%.4g ms", 1000*r.Fixed)
		default:
			fmt.Fprintf(w, "p50 %.4g ms, p99 %.4g ms, in between as a lognormal distribution", 1000*r.Median, 1000*r.P99)
		}
		fmt.Fprintf(w, "\n  %s\n  %s; %s\n  %s\n", r.Command, r.Machine, r.Date, r.Source)
	}
}
