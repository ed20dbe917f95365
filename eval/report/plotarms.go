package report

import (
	"html/template"
	"image/color"
	"slices"

	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"selfrag/eval"
)

// plotLatency draws the distribution of the latency of both arms.
func (r Report) plotLatency(about string) (template.HTML, error) {
	p := newPlot(r.say("seconds"), r.say("share of the questions"))
	longest := 0.0
	for _, arm := range r.arms() {
		seconds := make([]float64, len(arm.outcomes))
		for i := range arm.outcomes {
			seconds[i] = r.value(eval.MetricSeconds, i, arm.outcomes)
		}
		slices.Sort(seconds)
		if len(seconds) == 0 || seconds[len(seconds)-1] == 0 {
			return "", nil
		}
		points := plotter.XYs{{X: 0, Y: 0}}
		for i, s := range seconds {
			points = append(points, plotter.XY{X: s, Y: float64(i) / float64(len(seconds))}, plotter.XY{X: s, Y: float64(i+1) / float64(len(seconds))})
		}
		line, err := plotter.NewLine(points)
		if err != nil {
			return "", err
		}
		line.Color, line.Width, line.Dashes = arm.colour, 2, arm.dashes
		p.Add(line)
		p.Legend.Add(arm.name, line)
		longest = max(longest, seconds[len(seconds)-1])
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1.05*longest, 0, 1
	p.Legend.Top, p.Legend.YOffs = false, 6
	return picture(p, 230, about)
}

// plotTradeOff draws each arm as a point at its mean seconds and mean F1.
func (r Report) plotTradeOff(about string) (template.HTML, error) {
	p := newPlot(r.say("seconds"), "F1")
	var most [2]float64
	for _, arm := range r.arms() {
		var values [2][]float64
		for i := range arm.outcomes {
			values[0] = append(values[0], r.value(eval.MetricSeconds, i, arm.outcomes))
			values[1] = append(values[1], r.value(eval.MetricF1, i, arm.outcomes))
		}
		if len(values[0]) == 0 {
			return "", nil
		}
		var mean [2]float64
		var in [2]eval.Interval
		for k, v := range values {
			in[k] = intervalOf(v)
			for _, x := range v {
				mean[k] += x / float64(len(v))
			}
			most[k] = max(most[k], in[k].High)
		}
		for _, line := range []plotter.XYs{
			{{X: in[0].Low, Y: mean[1]}, {X: in[0].High, Y: mean[1]}}, {{X: mean[0], Y: in[1].Low}, {X: mean[0], Y: in[1].High}},
		} {
			if err := addBar(p, line, arm.colour, 1.5); err != nil {
				return "", err
			}
		}
		point, err := addPoint(p, mean[0], mean[1], arm.colour, arm.glyph)
		if err != nil {
			return "", err
		}
		p.Legend.Add(arm.name, point)
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1.1*max(most[0], 1e-3), 0, max(0.1, min(1, 1.25*most[1]))
	p.Legend.Left = true
	return picture(p, 230, about)
}

// plotGroups draws the mean F1 of both arms for each group.
func (r Report) plotGroups(groups []Group, about string) (template.HTML, error) {
	if len(groups) == 0 {
		return "", nil
	}
	p := newPlot("", "F1")
	for k, arm := range r.arms() {
		for i, g := range groups {
			m := []Means{g.A, g.B}[k]
			x := float64(i) + 0.24*float64(k) - 0.12
			if err := addBar(p, plotter.XYs{{X: x, Y: m.Interval.Low}, {X: x, Y: m.Interval.High}}, arm.colour, 2); err != nil {
				return "", err
			}
			point, err := addPoint(p, x, m.F1, arm.colour, arm.glyph)
			if err != nil {
				return "", err
			}
			if i == 0 {
				p.Legend.Add(arm.name, point)
			}
		}
	}
	names := make([]string, len(groups))
	for i, g := range groups {
		names[i] = r.say("%s (%d)", g.Name, g.Questions)
	}
	p.NominalX(names...)
	p.X.Color, p.X.Width = lineColour, 0.5
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = -0.5, float64(len(groups))-0.5, 0, 1.15
	return picture(p, 210, about)
}

// plotRounds draws, for each number of rounds, the number of questions that
// took so many rounds.
func (r Report) plotRounds(about string) (template.HTML, error) {
	most := 0
	for _, arm := range r.arms() {
		for n := range rounds(arm.outcomes) {
			most = max(most, n)
		}
	}
	if most == 0 {
		return "", nil
	}
	p := newPlot(r.say("rounds"), r.say("questions"))
	names := make([]string, most+1)
	highest := 0.0
	for k, arm := range r.arms() {
		values := make(plotter.Values, most+1)
		for n, questions := range rounds(arm.outcomes) {
			values[n] = float64(questions)
			highest = max(highest, values[n])
		}
		bars, err := plotter.NewBarChart(values, 12)
		if err != nil {
			return "", err
		}
		bars.Color, bars.Offset = arm.colour, vg.Length(14*k-7)
		bars.LineStyle.Width = 0
		p.Add(bars)
		p.Legend.Add(arm.name, bars)
	}
	for n := range names {
		names[n] = roundsName(n)
	}
	p.NominalX(names...)
	p.X.Color, p.X.Width = lineColour, 0.5
	first := 0.5 // no place for 0 rounds, because answers without a search are rare
	if rounds(r.OutcomesA)[0]+rounds(r.OutcomesB)[0] > 0 {
		first = -0.5
	}
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = first, float64(most)+0.5, 0, 1.3*highest
	return picture(p, 210, about)
}

// armStyle is the style of an arm in plots. Arms also differ in dashes and
// shapes, for readers who cannot tell the colours apart.
type armStyle struct {
	name     string
	outcomes []eval.Outcome
	colour   color.Color
	dashes   []vg.Length
	glyph    draw.GlyphDrawer
}

func (r Report) arms() []armStyle {
	return []armStyle{
		{"A", r.OutcomesA, aColour, []vg.Length{5, 3}, draw.BoxGlyph{}},
		{"B", r.OutcomesB, bColour, nil, draw.CircleGlyph{}},
	}
}
