package pdf

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote is a part of the text of a file, with the text around it, which tells it from
// the same words elsewhere on a page.
type Quote struct {
	Text          string
	Before, After string
}

// Found is what Find found on a page.
type Found struct {
	Pages         int     // number of pages of the file
	Width, Height float64 // of the page as it is shown, in points
	Marks         []Mark  // the words of the quote, one mark for each line
	// Start and End are the rune offsets in Quote.Text between which all that was found
	// stands. They are equal if nothing was found. End is less than the length of the
	// text if the quote goes on, on the next page for example.
	Start, End int
	// Undrawn is set if the page has text in fonts that are not in the file and that
	// PDFium cannot draw, such as Hangul. The picture of the page lacks that text.
	Undrawn bool
}

// Mark is a rectangle on a page as it is shown. All numbers are shares of the width
// and the height of the page, and count from the upper left corner.
type Mark struct{ X, Y, Width, Height float64 }

// Find finds the words of a quote on a page of a PDF file, counted from 1. It goes by
// letters and digits alone, because the text of a file has other spaces, hyphens and
// signs between cells than the page. The errors are those of Read and ErrNoPage.
func (r *Reader) Find(ctx context.Context, raw []byte, number int, q Quote) (Found, error) {
	var out Found
	err := r.onePage(ctx, raw, number, func(ctx context.Context, f *file) error {
		undrawn := false
		s, err := r.page(ctx, f, number-1, func(p *page, glyphs []glyph) { undrawn = p.cannotDraw(glyphs) })
		if err != nil {
			return err
		}
		out, err = s.find(ctx, q)
		out.Pages, out.Undrawn = f.pages, undrawn
		return err
	})
	return out, err
}

// cannotDraw reports whether the page has text that PDFium cannot draw.
func (p *page) cannotDraw(glyphs []glyph) bool {
	missing := map[uint64]bool{}
	for i, g := range glyphs {
		if g.object == 0 || g.blank || !foreign(glyphs[i:i+1]) {
			continue
		}
		lacks, known := missing[g.object]
		if !known {
			lacks = p.look(g.object).missing
			missing[g.object] = lacks
		}
		if lacks {
			return true
		}
	}
	return false
}

// find finds a quote on a page that was read.
func (s sheet) find(ctx context.Context, q Quote) (Found, error) {
	var out Found
	out.Width, out.Height = shownSize(s.crop, s.rotated)
	words := s.inOrder()
	var there []rune
	var places []pageLetter
	for i, w := range words {
		own := letters(w.text)
		if len(there)+len(own) > maxLetters {
			break
		}
		for j, l := range own {
			there, places = append(there, l.rune), append(places, pageLetter{i, j, len(own)})
		}
	}
	sought := letters(q.Text)
	whole := len(sought) <= maxSought
	sought = sought[:min(len(sought), maxSought)]
	matched, err := seek(ctx, runesOf(letters(q.Before)), runesOf(sought), runesOf(letters(q.After)), there)
	if err != nil {
		return out, err
	}
	found := make([]bool, len(there))
	for i, l := range sought {
		if matched[i] < 0 {
			continue
		}
		found[matched[i]] = true
		if out.End == 0 {
			out.Start = l.at
		}
		out.End = l.at + 1
		if whole && i == len(sought)-1 {
			out.End = utf8.RuneCountInString(q.Text) // with the signs after the last letter
		}
	}
	out.Marks = s.marks(words, places, found)
	return out, nil
}

// seek returns, for each letter of a quote, the index of its place among the letters
// of a page, or -1. The letters around the quote are looked for, too, because they tell
// it from the same words elsewhere. If this finds nothing, as the first and the last
// line of a page are cut off from what is around them, the quote is looked for alone.
func seek(ctx context.Context, before, quote, after, page []rune) ([]int, error) {
	before, after = before[max(0, len(before)-around):], after[:min(around, len(after))]
	matched, err := align(ctx, slices.Concat(before, quote, after), page)
	if err != nil {
		return nil, err
	}
	matched = matched[len(before):][:len(quote)]
	if len(quote) < minAlone || slices.ContainsFunc(matched, func(i int) bool { return i >= 0 }) {
		return matched, nil
	}
	return align(ctx, quote, page)
}

// The limits of a search on a page, in letters. A dense page has 10,000 letters.
const (
	maxLetters = 1 << 15 // of the page
	maxSought  = 2000    // of the quote
	around     = 60      // before and after the quote
	minAlone   = 4       // of a quote that is found without what is around it
)

// letter is a letter of a text, with its rune offset in the text.
type letter struct {
	rune
	at int
}

// letters returns the characters of a text that the page and the text of the file have
// in common.
func letters(text string) []letter {
	var out []letter
	at := 0
	for _, r := range text {
		if !unicode.IsSpace(r) && !strings.ContainsRune("|-‐", r) {
			out = append(out, letter{r, at})
		}
		at++
	}
	return out
}

func runesOf(of []letter) []rune {
	out := make([]rune, len(of))
	for i, l := range of {
		out[i] = l.rune
	}
	return out
}
