package report

import (
	"html/template"
	"image/color"
	"math"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"selfrag/eval"
)

// Plot is a picture and its description.
type Plot struct {
	Title, About string
	SVG          template.HTML
}

// plots returns the pictures of the report. Pictures with nothing to show are
// left out.
func (r Report) plots() ([]Plot, error) {
	var out []Plot
	for _, draw := range []struct {
		title, about string
		of           func(about string) (template.HTML, error)
	}{
		{"Quality: B − A", "The point is the mean difference, the line its 95 % interval. Right of the middle B is better; colour: p below 0.05.", r.plotQuality},
		{"Cost: B − A", "The difference in per cent of A, with its 95 % interval. Left of the middle B is cheaper.", r.plotCost},
		{"Time to the answer", "The share of the questions that were answered within that many seconds.", r.plotLatency},
		{"Quality against cost", "Mean F1 and mean seconds of each arm, with their 95 % intervals. Better is up and left.", r.plotTradeOff},
		{"By number of hops", "Mean F1 with its 95 % interval; hops are the passages that must be joined.", func(about string) (template.HTML, error) { return r.plotGroups(r.ByHops(), about) }},
		{"By language", "Mean F1 with its 95 % interval.", func(about string) (template.HTML, error) { return r.plotGroups(r.ByLanguage(), about) }},
		{"Iterations used", "The number of questions that took that many rounds of searching.", r.plotRounds},
	} {
		title, about := r.say(draw.title), r.say(draw.about)
		svg, err := draw.of(title + ". " + about)
		if err != nil {
			return nil, err
		}
		if svg != "" {
			out = append(out, Plot{title, about, svg})
		}
	}
	return out, nil
}

// interval is one row of a plot: a mean with its confidence interval.
type interval struct {
	name            string
	mean, low, high float64
	colour          color.Color
}

func (r Report) plotQuality(about string) (template.HTML, error) {
	var rows []interval
	for _, d := range r.Comparison.Metrics {
		if isCost(d.Metric) {
			continue
		}
		sign := 1.0
		if d.Lower { // negate, so that B is better on the right for every metric
			sign = -1
		}
		low, high := sign*d.Interval.Low, sign*d.Interval.High
		rows = append(rows, interval{r.metricName(d), sign * d.Mean, min(low, high), max(low, high), colourOf(d)})
	}
	return r.plotIntervals(rows, r.say("difference"), about)
}

func (r Report) plotCost(about string) (template.HTML, error) {
	var rows []interval
	for _, d := range r.Comparison.Metrics {
		if isCost(d.Metric) && d.A > 0 {
			rows = append(rows, interval{d.Metric, 100 * d.Mean / d.A, 100 * d.Interval.Low / d.A, 100 * d.Interval.High / d.A, colourOf(d)})
		}
	}
	return r.plotIntervals(rows, r.say("per cent of A"), about)
}

func isCost(metric string) bool {
	return metric == eval.MetricSeconds || metric == eval.MetricCalls || metric == eval.MetricTokens
}

// metricName returns the name of a metric in the plot. For a metric whose lower
// values are better, the plot shows the negated difference, and the name is the
// opposite, such as "not abstained".
func (r Report) metricName(d eval.Difference) string {
	switch d.Metric {
	case eval.MetricAbstained:
		return r.say("not abstained")
	case eval.MetricUnsure:
		return r.say("not unsure")
	}
	return d.Metric
}

func colourOf(d eval.Difference) color.Color {
	switch d.Better() {
	case "a":
		return worseColour
	case "b":
		return betterColour
	}
	return dimColour
}

// plotIntervals draws one row per interval, with the first row on top. 0 is in
// the middle of the axis.
func (r Report) plotIntervals(rows []interval, axis, about string) (template.HTML, error) {
	if len(rows) == 0 {
		return "", nil
	}
	p := newPlot(axis, "")
	reach := 0.0
	var ticks []plot.Tick
	for i, row := range rows {
		y := float64(len(rows) - 1 - i)
		ticks = append(ticks, plot.Tick{Value: y, Label: row.name})
		reach = max(reach, math.Abs(row.low), math.Abs(row.high), math.Abs(row.mean))
		if err := addBar(p, plotter.XYs{{X: row.low, Y: y}, {X: row.high, Y: y}}, row.colour, 3); err != nil {
			return "", err
		}
		if _, err := addPoint(p, row.mean, y, row.colour, draw.CircleGlyph{}); err != nil {
			return "", err
		}
	}
	if reach == 0 {
		reach = 1
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -1.05*reach, 1.05*reach, -0.5, float64(len(rows))-0.5
	if err := addBar(p, plotter.XYs{{X: 0, Y: p.Y.Min}, {X: 0, Y: p.Y.Max}}, lineColour, 1); err != nil {
		return "", err
	}
	p.Y.Tick.Marker = plot.ConstantTicks(ticks)
	p.Y.Color, p.Y.Tick.Color = color.Transparent, color.Transparent
	return picture(p, vg.Length(60+20*len(rows)), about)
}

func addBar(p *plot.Plot, between plotter.XYs, c color.Color, width vg.Length) error {
	line, err := plotter.NewLine(between)
	if err != nil {
		return err
	}
	line.Color, line.Width = c, width
	p.Add(line)
	return nil
}

func addPoint(p *plot.Plot, x, y float64, c color.Color, shape draw.GlyphDrawer) (*plotter.Scatter, error) {
	point, err := plotter.NewScatter(plotter.XYs{{X: x, Y: y}})
	if err != nil {
		return nil, err
	}
	point.Color, point.Shape, point.Radius = c, shape, 4
	p.Add(point)
	return point, nil
}
