package main

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// report prints the rows as one table in Markdown. The ratios say how many times as
// much as Selfrag a side needs: above 1 Selfrag is the faster one.
func report(w io.Writer, results []result) {
	fmt.Fprintln(w, "| work | side | time | processor | memory | a second | its time / ours | its processor / ours |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|")
	for _, r := range results {
		for i, s := range r.sides {
			name := ""
			if i == 0 {
				name = r.name
			}
			wall := r.median(i, wallOf)
			fmt.Fprintf(w, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", name, s.name,
				shown(wall), shown(r.median(i, processorOf)), megabytes(r.median(i, memoryOf)), rate(r.row, wall),
				ratio(i, r.ratio(i, wallOf)), ratio(i, r.ratio(i, processorOf)))
		}
	}
}

// shown writes seconds with three digits.
func shown(seconds float64) string {
	switch d := time.Duration(seconds * float64(time.Second)); {
	case d == 0:
		return ""
	case d < time.Second:
		return fmt.Sprintf("%.3g ms", seconds*1000)
	case seconds >= 1000: // %g would write an exponent
		return fmt.Sprintf("%.0f s", seconds)
	default:
		return fmt.Sprintf("%.3g s", seconds)
	}
}

func megabytes(bytes float64) string {
	if bytes == 0 {
		return ""
	}
	return fmt.Sprintf("%.0f MB", bytes/1e6)
}

func rate(r row, wall float64) string {
	if wall == 0 {
		return ""
	}
	return fmt.Sprintf("%.3g %s", float64(r.count)/wall, r.unit)
}

func ratio(side int, value float64) string {
	if side == 0 || value == 0 {
		return ""
	}
	return fmt.Sprintf("%.2f", value)
}

// benchLines writes every turn as a line of a Go benchmark, which benchstat reads.
func benchLines(results []result) string {
	var b strings.Builder
	dashed := strings.NewReplacer(" ", "-", ",", "", ":", "", "/", "-")
	for _, r := range results {
		for i, s := range r.sides {
			for _, t := range r.turns[i] {
				fmt.Fprintf(&b, "Benchmark/%s/%s 1 %d ns/op", dashed.Replace(r.name), dashed.Replace(s.name), t.wall.Nanoseconds())
				if t.processor > 0 {
					fmt.Fprintf(&b, " %d cpu-ns/op", t.processor.Nanoseconds())
				}
				if t.memory > 0 {
					fmt.Fprintf(&b, " %d peak-bytes", t.memory)
				}
				b.WriteByte('\n')
			}
		}
	}
	return b.String()
}
