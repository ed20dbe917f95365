package report

import (
	"bytes"
	"fmt"
	"html"
	"html/template"
	"image/color"
	"math"
	"regexp"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// The colours in plots. Each is replaced by a variable of the page's style, so
// that a picture fits light pages, dark pages and paper. No colour may be
// black, because the canvas does not write black into the picture.
var (
	inkColour    = color.RGBA{R: 1, A: 255}
	dimColour    = color.RGBA{R: 2, A: 255}
	lineColour   = color.RGBA{R: 3, A: 255}
	aColour      = color.RGBA{R: 4, A: 255}
	bColour      = color.RGBA{R: 5, A: 255}
	betterColour = color.RGBA{R: 6, A: 255}
	worseColour  = color.RGBA{R: 7, A: 255}
)

var variables = strings.NewReplacer("#010000", "var(--ink)", "#020000", "var(--dim)", "#030000", "var(--line)",
	"#040000", "var(--a)", "#050000", "var(--b)", "#060000", "var(--better)", "#070000", "var(--worse)")

// The width of a plot and the size of the text in it, in the plot's own units.
// On the page, a plot is about as wide as a phone.
const (
	plotWidth = 400
	textSize  = 11
)

// newPlot returns an empty plot in the page's style.
func newPlot(x, y string) *plot.Plot {
	p := plot.New()
	p.BackgroundColor = nil
	p.TextHandler = wideText{p.TextHandler}
	for _, axis := range []struct {
		of    *plot.Axis
		label string
	}{{&p.X, x}, {&p.Y, y}} {
		axis.of.Label.Text = axis.label
		axis.of.Label.TextStyle = textStyle(p, axis.of.Label.TextStyle, dimColour)
		axis.of.Tick.Label = textStyle(p, axis.of.Tick.Label, dimColour)
		axis.of.Color, axis.of.Tick.Color = lineColour, lineColour
		axis.of.Padding = vg.Points(4)
		axis.of.Tick.Marker = plainTicks{axis.of.Tick.Marker}
	}
	p.Legend.TextStyle = textStyle(p, p.Legend.TextStyle, inkColour)
	p.Legend.Top, p.Legend.Padding, p.Legend.ThumbnailWidth = true, 3, 16
	return p
}

// plainTicks writes numbers without trailing zeros.
type plainTicks struct{ plot.Ticker }

// Ticks returns the ticks of an axis.
func (p plainTicks) Ticks(least, most float64) []plot.Tick {
	ticks := p.Ticker.Ticks(least, most)
	for i, t := range ticks {
		if !t.IsMinor() {
			ticks[i].Label = strconv.FormatFloat(math.Round(t.Value*1e6)/1e6, 'f', -1, 64)
		}
	}
	return ticks
}

func textStyle(p *plot.Plot, s text.Style, c color.Color) text.Style {
	s.Color, s.Font.Size, s.Handler = c, textSize, p.TextHandler
	return s
}

// wideText measures the width of text that contains Korean letters. It is
// needed because the font that plots are measured with has no Korean letters.
type wideText struct{ text.Handler }

// Box returns the size of a line of text.
func (h wideText) Box(txt string, fnt font.Font) (width, height, depth vg.Length) {
	var latin strings.Builder
	korean := 0
	for _, r := range txt {
		if r >= 0x1100 {
			korean++
		} else {
			latin.WriteRune(r)
		}
	}
	width, height, depth = h.Handler.Box(latin.String(), fnt)
	return width + vg.Length(korean)*fnt.Size*0.95, height, depth
}

// picture returns a plot as SVG with the colours and the font of the page.
// about describes the plot for people who cannot see it.
func picture(p *plot.Plot, height vg.Length, about string) (template.HTML, error) {
	canvas := vgsvg.NewWith(vgsvg.UseWH(plotWidth, height))
	// Leave some space on the right, because ticks and points may extend there.
	p.Draw(draw.Crop(draw.New(canvas), 1, -12, 0, -4))
	var b bytes.Buffer
	if _, err := canvas.WriteTo(&b); err != nil {
		return "", fmt.Errorf("draw a plot: %w", err)
	}
	_, body, _ := strings.Cut(b.String(), "<svg")
	_, body, ok := strings.Cut(body, ">")
	if !ok {
		return "", fmt.Errorf("draw a plot: it is not an SVG")
	}
	body = variables.Replace(fontOfPlots.ReplaceAllString(body, ""))
	head := fmt.Sprintf(`<svg viewBox="0 0 %d %g" role="img" aria-label="%s">`, plotWidth, float64(height), html.EscapeString(about))
	// The canvas escapes the text that it writes. All other text comes from
	// this package.
	return template.HTML(head + body), nil //nolint:gosec // see above
}

// fontOfPlots matches the font in the canvas's output.
var fontOfPlots = regexp.MustCompile(`font-family:[^;"]*;font-variant:[^;"]*;font-weight:[^;"]*;font-style:[^;"]*;?`)
