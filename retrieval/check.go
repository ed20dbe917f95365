package retrieval

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"unicode"
	"unicode/utf8"

	"selfrag/retrieval/text"
)

// maxDimensions is the maximum length of a vector. It is far above that of any
// embedder, and low enough that a mistaken number does not fill the memory.
const maxDimensions = 1 << 16

// CheckName returns an error if name is not valid for a collection. A name has
// 1 to 64 letters (of any script), digits, hyphens, underscores and dots.
func CheckName(name string) error {
	fits := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r)
	}
	n := utf8.RuneCountInString(name)
	if n < 1 || n > 64 || strings.ContainsFunc(name, func(r rune) bool { return !fits(r) }) {
		return fmt.Errorf("%q is not a valid collection name: use 1 to 64 letters, digits, hyphens, underscores and dots", name)
	}
	return nil
}

// CheckSpec returns an error for an embedder that no store can create a
// collection for: one without a name, with more than 65,536 dimensions, or with
// a metric other than cosine.
func CheckSpec(spec EmbedderSpec) error {
	switch {
	case spec.Model == "":
		return errors.New("the embedder has no name")
	case spec.Dimensions < 0 || spec.Dimensions > maxDimensions:
		return fmt.Errorf("the embedder has %d dimensions: at most %d are possible", spec.Dimensions, maxDimensions)
	case spec.Metric != "cosine":
		return fmt.Errorf("the metric is %q: only cosine is possible", spec.Metric)
	}
	return nil
}

// CheckDocument returns an error for a document whose citations would point at
// nothing. A document needs a source, an id and passages, and text in UTF-8.
// Each passage must be the span of the document's text that its offsets give.
// It needs an id that no other passage of the document has, and must name this
// document.
func CheckDocument(doc Document, passages []Passage) error {
	switch {
	case doc.Source == "":
		return errors.New("it has no source")
	case doc.ID == "":
		return errors.New("it has no id")
	case len(passages) == 0:
		return errors.New("it has no passages")
	case !utf8.ValidString(doc.Text):
		return errors.New("its text is not valid UTF-8")
	}
	offsets := text.NewOffsets(doc.Text)
	seen := make(map[string]bool, len(passages))
	for _, p := range passages {
		switch {
		case seen[p.ID]:
			return fmt.Errorf("two of its passages have the id %q", p.ID)
		case strings.TrimSpace(p.ID) == "":
			return errors.New("a passage has no id")
		case p.Document != "" && p.Document != doc.ID, p.Source != "" && p.Source != doc.Source:
			return fmt.Errorf("passage %s belongs to another document", p.ID)
		case p.Start < 0 || p.End < p.Start || p.End > offsets.Len() || offsets.Slice(p.Start, p.End) != p.Text:
			return fmt.Errorf("passage %s is not the document's text from %d to %d", p.ID, p.Start, p.End)
		}
		seen[p.ID] = true
	}
	return nil
}

// UnitVector returns v scaled to unit length, as stores keep it. It returns an
// error for a different number of dimensions and for a vector without a
// direction: one with NaN or infinite values, or all zeros. In a collection
// without vectors dimensions is 0 and the result is empty.
func UnitVector(v []float32, dimensions int) ([]float32, error) {
	if len(v) != dimensions {
		return nil, fmt.Errorf("it has %d dimensions, the collection's embedder %d", len(v), dimensions)
	}
	if dimensions == 0 {
		return nil, nil
	}
	var sum float64 // float64, because the square of a large float32 overflows
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	switch {
	case math.IsNaN(sum) || math.IsInf(sum, 0):
		return nil, errors.New("it holds a number that is infinite or not a number: the embedder failed on this text")
	case sum == 0:
		return nil, errors.New("it is all zeros: the embedder failed on this text")
	}
	scale := 1 / math.Sqrt(sum)
	unit := make([]float32, len(v))
	for i, x := range v {
		unit[i] = float32(float64(x) * scale)
	}
	return unit, nil
}
