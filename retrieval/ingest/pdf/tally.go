package pdf

import (
	"fmt"
	"strings"
)

// tally counts the parts of a file that could not be read.
type tally struct {
	unread, scanned, uncoded []int // numbers of pages
	why                      error // why the last unread page could not be read
	shown, unmapped, notes   int   // sums over the pages, see sheet
}

func (t *tally) add(s sheet) {
	t.shown += s.shown
	t.unmapped += s.unmapped
	t.notes += s.notes
	switch {
	case s.shown == 0 && s.scanned && len(s.pieces) == 0:
		t.scanned = append(t.scanned, s.number)
	case 2*s.unmapped > s.shown:
		t.uncoded = append(t.uncoded, s.number)
	}
}

// failure returns the error for a file whose text cannot be used at all.
func (t *tally) failure(pages []sheetText) error {
	switch {
	case len(pages) == 0 && t.why != nil:
		return t.why
	case 2*t.unmapped > t.shown:
		return ErrNoCodes
	}
	return nil
}

func (t *tally) warnings() []string {
	var out []string
	if len(t.unread) > 0 {
		out = append(out, fmt.Sprintf("%s cannot be read (%v); the other pages were read", pagesNamed(t.unread), t.why))
	}
	if len(t.scanned) > 0 {
		out = append(out, pagesNamed(t.scanned)+" without text, such as a scan: recognise it first (OCR)")
	}
	if len(t.uncoded) > 0 {
		out = append(out, pagesNamed(t.uncoded)+": most characters have no text, because the fonts do not say which characters they show: recognise it (OCR), or export the file again")
	}
	if t.notes > 0 {
		out = append(out, fmt.Sprintf("%d notes on its pages are left out", t.notes))
	}
	return out
}

// pagesNamed returns page numbers as text, such as "pages 2, 5-7".
func pagesNamed(numbers []int) string {
	var parts []string
	for i := 0; i < len(numbers); {
		j := i
		for j+1 < len(numbers) && numbers[j+1] == numbers[j]+1 {
			j++
		}
		if i == j {
			parts = append(parts, fmt.Sprint(numbers[i]))
		} else {
			parts = append(parts, fmt.Sprintf("%d-%d", numbers[i], numbers[j]))
		}
		i = j + 1
		if len(parts) == 20 && i < len(numbers) {
			parts = append(parts, fmt.Sprintf("and %d more", len(numbers)-i))
			break
		}
	}
	if len(numbers) == 1 {
		return "page " + parts[0]
	}
	return "pages " + strings.Join(parts, ", ")
}
