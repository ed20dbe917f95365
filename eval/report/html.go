package report

import (
	"crypto/sha256"
	_ "embed" // for the page's template, style and script
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"slices"
)

//go:embed page.html.tmpl
var pageTemplate string

//go:embed page.css
var pageStyle string

//go:embed filter.js
var filterScript string

// page holds the values of the template.
type page struct {
	Report
	Plots  []Plot
	Rows   []Row
	Style  template.CSS
	Script template.JS
	// ScriptDigest is the SHA-256 of Script. With it in the page's security
	// policy, the browser runs no other script, even if an answer contains one.
	ScriptDigest string
}

// Hops returns the different numbers of hops of the questions, for the filter
// on the page.
func (p page) Hops() []int {
	var out []int
	for _, q := range p.Queries {
		if q.Hops > 0 && !slices.Contains(out, q.Hops) {
			out = append(out, q.Hops)
		}
	}
	slices.Sort(out)
	return out
}

// writeHTML writes one self-contained file, without scripts, fonts or pictures
// from elsewhere.
func (r Report) writeHTML(w io.Writer) error {
	t, err := template.New("report").Funcs(template.FuncMap{
		"t": r.say, "hops": r.hops, "figure": figure, "signed": signedFigure, "percent": percent,
		"share": func(v *float64) string { return fmt.Sprintf("%.2f", *v) },
		"class": func(better string) string {
			return map[string]string{"a": "worse", "b": "better", "": "even"}[better]
		},
	}).Parse(pageTemplate)
	if err != nil {
		return fmt.Errorf("read the template: %w", err)
	}
	plots, err := r.plots()
	if err != nil {
		return err
	}
	digest := sha256.Sum256([]byte(filterScript))
	return t.Execute(w, page{
		Report: r, Plots: plots, Rows: r.Rows(),
		Style:        template.CSS(pageStyle),   //nolint:gosec // ours
		Script:       template.JS(filterScript), //nolint:gosec // ours
		ScriptDigest: base64.StdEncoding.EncodeToString(digest[:]),
	})
}
