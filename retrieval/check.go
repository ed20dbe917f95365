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

// maxDimensions bounds a vector: far above any embedder, low enough that a
// mistaken number does not fill the memory.
const maxDimensions = 1 << 16

// CheckName refuses what is no name for a collection: a name has 1 to 64
// letters (of any script), digits, hyphens, underscores and dots.
func CheckName(name string) error {
	fits := func(r rune) bool {
		return unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r) || strings.ContainsRune("-_.", r)
	}
	n := utf8.RuneCountInString(name)
	if n < 1 || n > 64 || strings.ContainsFunc(name, func(r rune) bool { return !fits(r) }) {
		return fmt.Errorf("%q is no name for a collection: use 1 to 64 letters, digits, hyphens, underscores and dots", name)
	}
	return nil
}

// CheckSpec refuses an embedder that no store can make a collection for: one
// without a name, with more than 65,536 dimensions, or of another metric than
// cosine.
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

// CheckDocument refuses what would make citations point at nothing: a document
// without source, id or passages, text that is not UTF-8, and a passage that is
// not the span of the document's text that its offsets say, that has no id, the
// id of another passage of the document, or another document's name.
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

// UnitVector returns v scaled to unit length, as stores keep it. It refuses
// another number of dimensions and a vector without a direction: NaN, infinite
// or all zeros. Without dimensions, in a collection that has no vectors, the
// result is empty.
func UnitVector(v []float32, dimensions int) ([]float32, error) {
	if len(v) != dimensions {
		return nil, fmt.Errorf("it has %d dimensions, the collection's embedder %d", len(v), dimensions)
	}
	if dimensions == 0 {
		return nil, nil
	}
	var sum float64 // float64: the square of a large float32 overflows it
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
