package measure

import (
	"image/color"
	"math"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// plot draws the reliability of the curves as SVG. For each tenth of the
// predicted probability it shows the observed share of answered questions, with
// the standard error of that share. On the diagonal the predicted probability
// equals the observed share.
func (r calibrationReport) plot(path string) error {
	p := plot.New()
	p.BackgroundColor = color.White
	p.X.Label.Text, p.Y.Label.Text = "stated P(answers)", "share answered"
	p.X.Min, p.X.Max, p.Y.Min, p.Y.Max = 0, 1, 0, 1
	same, err := plotter.NewLine(plotter.XYs{{X: 0, Y: 0}, {X: 1, Y: 1}})
	if err != nil {
		return err
	}
	same.Color = color.Gray{180}
	p.Add(plotter.NewGrid(), same)
	var points plotter.XYs
	for _, b := range r.Reliability {
		if b.Questions == 0 {
			continue
		}
		points = append(points, plotter.XY{X: b.Said, Y: b.So})
		off := math.Sqrt(b.So * (1 - b.So) / float64(b.Questions))
		bar, err := plotter.NewLine(plotter.XYs{{X: b.Said, Y: max(0, b.So-off)}, {X: b.Said, Y: min(1, b.So+off)}})
		if err != nil {
			return err
		}
		p.Add(bar)
	}
	dots, err := plotter.NewScatter(points)
	if err != nil {
		return err
	}
	dots.Shape, dots.Radius, dots.Color = draw.CircleGlyph{}, 3, color.RGBA{B: 180, A: 255}
	p.Add(dots)
	canvas := vgsvg.New(4*vg.Inch, 4*vg.Inch)
	p.Draw(draw.New(canvas))
	return writeFile(path, func(f *os.File) error {
		_, err := canvas.WriteTo(f)
		return err
	})
}
