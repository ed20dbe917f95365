package main

import (
	"bytes"
	"context"
	"fmt"
	"image/color"
	"io"
	"maps"
	"math"
	"os"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// growing is how the first stage in SQLite grows: what it needs at one number of
// passages, by the metrics of its benchmark.
type growing struct {
	passages int
	metrics  map[string]float64
}

// printGrowth measures the first stage at each number of passages, prints a table, and
// draws the picture at the path unless that is empty.
func (s settings) printGrowth(ctx context.Context, w io.Writer, sizes []int, picture string) error {
	var grown []growing
	for _, size := range sizes {
		fmt.Fprintf(s.log, "%d passages\n", size)
		runs, err := s.benchmark(ctx, "sqlite.test", fmt.Sprintf("Hybrid/%d$", size), "200x", size, 1)
		if err != nil {
			return err
		}
		grown = append(grown, growing{size, runs[0].metrics})
	}
	fmt.Fprintln(w, "| passages | p50 | p99 | processor | exact scan | filter of 1 % | first search | recall@20 | memory | file |")
	fmt.Fprintln(w, "|---|---|---|---|---|---|---|---|---|---|")
	for _, g := range grown {
		m := g.metrics
		fmt.Fprintf(w, "| %d | %s | %s | %s | %s | %s | %s | %.4f | %.0f MiB | %.0f MiB |\n", g.passages,
			shown(m["p50-ms"]/1000), shown(m["p99-ms"]/1000), shown(m["cpu-ms"]/1000), shown(m["exact-cpu-ms"]/1000),
			shown(m["filtered-p50-ms"]/1000), shown(m["first-ms"]/1000), m["recall@20"], m["held-MiB"], m["file-MiB"])
	}
	if picture == "" {
		return nil
	}
	return drawGrowth(grown, picture)
}

// drawGrowth draws two pictures below each other, both with logarithmic axes, on which
// what grows with the passages is a straight line.
func drawGrowth(grown []growing, path string) error {
	times, err := growthPlot(grown, "milliseconds", map[string]string{
		"p50-ms": "a hybrid search (median)", "exact-cpu-ms": "the exact scan alone", "first-ms": "the first search of a process",
	})
	if err != nil {
		return err
	}
	sizes, err := growthPlot(grown, "MiB", map[string]string{"held-MiB": "memory", "file-MiB": "file"})
	if err != nil {
		return err
	}
	const width, height = 520, 300
	canvas := vgsvg.New(width, 2*height)
	all := draw.New(canvas)
	all.FillPolygon(color.White, []vg.Point{{X: 0, Y: 0}, {X: width, Y: 0}, {X: width, Y: 2 * height}, {X: 0, Y: 2 * height}})
	times.Draw(draw.Crop(all, 8, -16, height+8, -8))
	sizes.Draw(draw.Crop(all, 8, -16, 8, -height-8))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return fmt.Errorf("draw the growth: %w", err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		return fmt.Errorf("draw the growth: %w", err)
	}
	return nil
}

// growthPlot draws one line for each metric. names has their names in the legend.
func growthPlot(grown []growing, unit string, names map[string]string) (*plot.Plot, error) {
	colours := []color.Color{color.RGBA{R: 0x0b, G: 0x6e, B: 0x64, A: 255}, color.RGBA{R: 0xb4, G: 0x53, B: 0x09, A: 255}, color.RGBA{R: 0x4f, G: 0x46, B: 0xe5, A: 255}}
	p := plot.New()
	p.X.Label.Text, p.Y.Label.Text = "passages", unit
	p.X.Scale, p.Y.Scale = plot.LogScale{}, plot.LogScale{}
	p.X.Tick.Marker, p.Y.Tick.Marker = plot.LogTicks{Prec: -1}, plot.LogTicks{Prec: -1}
	p.Legend.Top, p.Legend.Left = true, true
	p.Add(plotter.NewGrid())
	for i, metric := range slices.Sorted(maps.Keys(names)) {
		var points plotter.XYs
		for _, g := range grown {
			if y := g.metrics[metric]; y > 0 { // a logarithm has no place for zero
				points = append(points, plotter.XY{X: float64(g.passages), Y: y})
			}
		}
		if len(points) == 0 {
			continue
		}
		line, dots, err := plotter.NewLinePoints(points)
		if err != nil {
			return nil, fmt.Errorf("draw %s: %w", metric, err)
		}
		line.Color, dots.Color, dots.Shape = colours[i%len(colours)], colours[i%len(colours)], draw.CircleGlyph{}
		line.Width = 1.5
		p.Add(line, dots)
		p.Legend.Add(names[metric], line, dots)
	}
	p.Y.Max = math.Max(p.Y.Max, p.Y.Min*10)
	return p, nil
}
