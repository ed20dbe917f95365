package main

import (
	"context"
	"fmt"
	"slices"
	"time"
)

// row is a piece of work that several sides do.
type row struct {
	name  string
	count int    // number of units of a turn
	unit  string // what is counted: files, questions
	sides []side // ours first; ratios compare the others with it
}

// side is one way to do the work of a row.
type side struct {
	name string
	run  func(context.Context) (turn, error)
}

// turn is what a side needed once.
type turn struct {
	wall, processor time.Duration
	memory          int64 // peak, in bytes; 0: not measured
}

// result is a row with the turns of each of its sides, in the order of the sides.
type result struct {
	row
	turns [][]turn
}

// run measures the rows that are asked for. In each round, every side of every row
// has one turn; one more, before the first round, warms it up.
func (s settings) run(ctx context.Context, rows []row) ([]result, error) {
	var results []result
	for _, r := range rows {
		if s.only.MatchString(r.name) {
			results = append(results, result{row: r, turns: make([][]turn, len(r.sides))})
		}
	}
	for round := range s.rounds + 1 {
		for i, r := range results {
			fmt.Fprintf(s.log, "round %d of %d: %s\n", round, s.rounds, r.name)
			for k, side := range r.sides {
				t, err := side.run(ctx)
				if err != nil {
					return nil, fmt.Errorf("%s, %s: %w", r.name, side.name, err)
				}
				if round > 0 {
					results[i].turns[k] = append(results[i].turns[k], t)
				}
			}
		}
	}
	return results, nil
}

func wallOf(t turn) float64      { return t.wall.Seconds() }
func processorOf(t turn) float64 { return t.processor.Seconds() }
func memoryOf(t turn) float64    { return float64(t.memory) }

// median returns the median of a figure over the turns of a side.
func (r result) median(side int, of func(turn) float64) float64 {
	var values []float64
	for _, t := range r.turns[side] {
		values = append(values, of(t))
	}
	return median(values)
}

// ratio returns how many times as much as ours a side needs: the median of the
// ratios of the rounds, in each of which the two stand side by side.
func (r result) ratio(side int, of func(turn) float64) float64 {
	var ratios []float64
	for round, t := range r.turns[side] {
		if ours := of(r.turns[0][round]); ours > 0 {
			ratios = append(ratios, of(t)/ours)
		}
	}
	return median(ratios)
}

// median returns the middle value, or the mean of the two in the middle, or 0 of
// nothing.
func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	slices.Sort(values)
	half := len(values) / 2
	if len(values)%2 == 1 {
		return values[half]
	}
	return (values[half-1] + values[half]) / 2
}
