package office

import (
	"cmp"
	"encoding/xml"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/xuri/excelize/v2"

	"selfrag/retrieval/ingest/archive"
	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/table"
)

// chartPart is a part with a chart (DrawingML charts, ECMA-376 part 1, 21.2): its
// texts, and the values that the file keeps from the sheet behind the chart.
type chartPart struct {
	Since1904 struct {
		Value string `xml:"val,attr"`
	} `xml:"date1904"`
	Chart struct {
		Title chartText `xml:"title"`
		Plot  struct {
			Parts []chartPlot `xml:",any"` // a part for each way to draw, such as bars, and for each axis
		} `xml:"plotArea"`
	} `xml:"chart"`
}

type chartPlot struct {
	XMLName xml.Name
	Title   chartText     `xml:"title"` // of an axis
	Series  []chartSeries `xml:"ser"`
}

// chartText is a title, which is written in the chart or comes from a cell.
type chartText struct {
	Paragraphs []struct {
		Runs []string `xml:"r>t"`
	} `xml:"tx>rich>p"`
	Cells []string `xml:"tx>strRef>strCache>pt>v"`
}

func (t chartText) text() string {
	parts := t.Cells
	for _, p := range t.Paragraphs {
		parts = append(parts, strings.Join(p.Runs, ""))
	}
	return content.Collapse(strings.Join(parts, " "))
}

type chartSeries struct {
	Name struct {
		Cells   []string `xml:"strRef>strCache>pt>v"`
		Written string   `xml:"v"`
	} `xml:"tx"`
	Categories chartValues `xml:"cat"`
	Values     chartValues `xml:"val"`
	X          chartValues `xml:"xVal"`
	Y          chartValues `xml:"yVal"`
	Sizes      chartValues `xml:"bubbleSize"`
	Labels     []struct {
		Place struct {
			Index int `xml:"val,attr"`
		} `xml:"idx"`
		chartText
	} `xml:"dLbls>dLbl"` // what somebody wrote beside a value
}

func (s chartSeries) name() string {
	return content.Collapse(cmp.Or(strings.Join(s.Name.Cells, " "), s.Name.Written))
}

// chartValues is a list of texts or numbers, with gaps where cells are empty.
type chartValues struct {
	Texts   []chartPoint `xml:"strRef>strCache>pt"`
	Written []chartPoint `xml:"strLit>pt"`
	Numbers chartNumbers `xml:"numRef>numCache"`
	Fixed   chartNumbers `xml:"numLit"`
	Levels  []struct {
		Points []chartPoint `xml:"pt"`
	} `xml:"multiLvlStrRef>multiLvlStrCache>lvl"` // innermost first
}

type chartNumbers struct {
	Format string       `xml:"formatCode"`
	Points []chartPoint `xml:"pt"`
}

type chartPoint struct {
	Index  int    `xml:"idx,attr"`
	Format string `xml:"formatCode,attr"`
	Value  string `xml:"v"`
}

// texts returns the values by their places in the list.
func (v chartValues) texts(since1904 bool) map[int]string {
	out := map[int]string{}
	for _, p := range slices.Concat(v.Texts, v.Written) {
		out[p.Index] = content.Collapse(p.Value)
	}
	for _, n := range []chartNumbers{v.Numbers, v.Fixed} {
		for _, p := range n.Points {
			out[p.Index] = chartNumber(p.Value, cmp.Or(p.Format, n.Format), since1904)
		}
	}
	v.addLevels(out)
	return out
}

// addLevels adds categories of several levels, such as quarters of years. An outer
// name stands only at the first of the inner ones that it holds.
func (v chartValues) addLevels(out map[int]string) {
	levels := v.Levels[:min(len(v.Levels), maxChartLevels)]
	if len(levels) == 0 {
		return
	}
	outer := make([]string, len(levels))
	at := make([]map[int]string, len(levels))
	for i, level := range levels {
		at[i] = map[int]string{}
		for _, p := range level.Points {
			at[i][p.Index] = content.Name(p.Value) // an outer one is written many times
		}
	}
	for _, index := range slices.Sorted(maps.Keys(at[0])) {
		var names []string
		for i := len(at) - 1; i > 0; i-- {
			if name, ok := at[i][index]; ok {
				outer[i] = name
			}
			names = append(names, outer[i])
		}
		out[index] = content.Collapse(strings.Join(append(names, at[0][index]), " "))
	}
}

// chartNumber writes a number as it is stored, and a date as 2025-03-01, as in sheets.
func chartNumber(value, format string, since1904 bool) string {
	value = strings.TrimSpace(value)
	n, err := strconv.ParseFloat(value, 64)
	if err != nil {
		return content.Collapse(value)
	}
	if low := strings.ToLower(format); low != "general" && low != "standard" && strings.ContainsAny(low, "yd") && !strings.ContainsAny(low, `"[`) {
		if day, err := excelize.ExcelDateToTime(n, since1904); err == nil {
			return day.Format("2006-01-02")
		}
	}
	return strconv.FormatFloat(n, 'f', -1, 64)
}

// relatedChart reads the chart to which a relationship refers.
func relatedChart(a *archive.Archive, all []relationship, id string, most int64) (lines []content.Marked, headers int, err error) {
	for _, r := range all {
		if r.ID == id && r.isOf("chart") && a.Has(r.Target) {
			return readChart(a, r.Target, most)
		}
	}
	return nil, 0, errNoChart
}

// Limits of a chart. A file of a few kilobytes could ask for more cells than memory
// holds: a table has a cell for each point of each series.
const (
	maxChartCells  = 50_000 // points of all series, and cells of a table
	maxChartLevels = 4      // levels of categories, the innermost first
)

// errLargeChart says that a chart is beyond these limits.
var errLargeChart = errors.New("the chart has too many points")

// points returns the number of points of a list.
func (v chartValues) points() int {
	n := len(v.Texts) + len(v.Written) + len(v.Numbers.Points) + len(v.Fixed.Points)
	for _, level := range v.Levels {
		n += len(level.Points)
	}
	return n
}

// errNoChart says that a chart is missing, or is of a kind that is not read.
var errNoChart = errors.New("there is no such chart")

// readChart reads a part with a chart as lines: its title, the titles of its axes, and
// a table with a column for each series. headers is the number of lines before the
// first row of values.
func readChart(a *archive.Archive, part string, most int64) (lines []content.Marked, headers int, err error) {
	var c chartPart
	if err := a.DecodeXML(part, &c); err != nil {
		return nil, 0, err
	}
	since1904 := c.Since1904.Value == "1" || c.Since1904.Value == "true"
	var axes []string
	var series []chartSeries
	for _, p := range c.Chart.Plot.Parts {
		if title := p.Title.text(); title != "" {
			axes = append(axes, title)
		}
		series = append(series, p.Series...)
	}
	points := 0
	for _, s := range series {
		for _, v := range []chartValues{s.Categories, s.Values, s.X, s.Y, s.Sizes} {
			points += v.points()
		}
	}
	if points > maxChartCells {
		return nil, 0, errLargeChart
	}
	for _, line := range []string{c.Chart.Title.text(), strings.Join(axes, " | ")} {
		if line != "" {
			lines = append(lines, content.Marked{Text: line})
		}
	}
	first := true
	for len(series) > 0 {
		categories := series[0].categories(since1904)
		together := 1 // those that follow with the same categories are columns of one table
		for together < len(series) && maps.Equal(series[together].categories(since1904), categories) {
			together++
		}
		grid, err := chartTable(categories, series[:together], since1904)
		if err != nil {
			return nil, 0, err
		}
		rows, head, ok := grid.Lines(most)
		if !ok {
			return nil, 0, content.TooLarge(most)
		}
		if first && len(rows) > 0 {
			headers, first = len(lines)+head, false
		}
		lines, series = append(lines, rows...), series[together:]
	}
	return lines, headers, nil
}

func (s chartSeries) categories(since1904 bool) map[int]string {
	out := s.X.texts(since1904)
	maps.Copy(out, s.Categories.texts(since1904))
	return out
}

// addLabels adds what is written beside values.
func (s chartSeries) addLabels(values map[int]string) {
	for _, l := range s.Labels {
		value, ok := values[l.Place.Index]
		if text := l.text(); ok && text != "" && text != value {
			values[l.Place.Index] = value + " (" + text + ")"
		}
	}
}

// chartTable lays series with the same categories out as a table.
func chartTable(categories map[int]string, series []chartSeries, since1904 bool) (table.Grid, error) {
	cell := func(text string) table.Cell { return table.Cell{Marked: content.Marked{Text: text}} }
	head := table.Row{Cells: []table.Cell{cell("")}}
	var columns []map[int]string
	places := map[int]bool{}
	for i := range categories {
		places[i] = true
	}
	for _, s := range series {
		for i, values := range []map[int]string{s.Values.texts(since1904), s.Y.texts(since1904), s.Sizes.texts(since1904)} {
			if len(values) == 0 {
				continue
			}
			if i < 2 { // not a second time, beside the size of a bubble
				s.addLabels(values)
			}
			head.Cells = append(head.Cells, cell(s.name()))
			head.Header = head.Header || s.name() != ""
			columns = append(columns, values)
			for i := range values {
				places[i] = true
			}
		}
	}
	var g table.Grid
	if len(places)*len(head.Cells) > maxChartCells {
		return g, errLargeChart
	}
	if head.Header {
		g.Rows = append(g.Rows, head)
	}
	for _, i := range slices.Sorted(maps.Keys(places)) {
		row := table.Row{Cells: []table.Cell{cell(categories[i])}}
		for _, values := range columns {
			row.Cells = append(row.Cells, cell(values[i]))
		}
		g.Rows = append(g.Rows, row)
	}
	return g, nil
}

// relationOf returns the relationship that an element names, such as a chart in a
// slide, or "".
func relationOf(e xml.StartElement) string {
	for _, attr := range e.Attr {
		if attr.Name.Local == "id" {
			return attr.Value
		}
	}
	return ""
}
