package pdf

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// edgeRows is the maximum number of rows at the top and at the bottom of a page
// that may be a header or a footer.
const edgeRows = 3

var wholeNumber = regexp.MustCompile(`[0-9]+`)

// pageWords are the words that can stand next to a page number.
var pageWords = []string{"page", "p", "pg", "of", "seite", "쪽", "페이지", "면", "총", "중", "제"}

// keys returns the keys by which a row at the edge of a page is recognised on
// other pages: its text, and its text with the page number replaced by its
// distance to the real one. A page number stands alone in its segment or among
// words such as "page": "Lesson 3" holds none.
func keys(r row, page int) []string {
	text := strings.Join(strings.Fields(r.text()), " ")
	out := []string{text}
	before := 0
	for _, s := range r.segments {
		own := strings.Join(strings.Fields(s.text), " ")
		at := wholeNumber.FindStringIndex(own)
		if at != nil && onlyPageWords(own) {
			if n, err := strconv.Atoi(own[at[0]:at[1]]); err == nil {
				out = append(out, fmt.Sprintf("%s#%d#%s", text[:min(before+at[0], len(text))], n-page, text[min(before+at[1], len(text)):]))
			}
		}
		before += len(own) + 1
	}
	return out
}

func onlyPageWords(s string) bool {
	words := strings.FieldsFunc(strings.ToLower(s), func(r rune) bool { return !unicode.IsLetter(r) })
	for _, w := range words {
		if !slices.Contains(pageWords, w) {
			return false
		}
	}
	return true
}

// setAside takes headers and footers out of the rows of the pages: rows at the
// top or bottom that several pages have, or that hold a page number. It keeps
// the first occurrence of one that has letters as head or foot of its page. It
// returns the texts of the other ones.
func setAside(pages []sheetText) []string {
	var out []string
	before := slices.Clone(pages)
	for _, head := range []bool{true, false} {
		counts := map[string]int{}
		for i := range pages {
			for _, r := range pages[i].edge(head) {
				for _, k := range keys(r, pages[i].number) {
					counts[k]++
				}
			}
		}
		least := max(3, (len(pages)+3)/4)
		seen := map[string]bool{}
		for i := range pages {
			p := &pages[i]
			taken := 0
			for _, r := range p.edge(head) {
				key := ""
				for _, k := range keys(r, p.number) {
					if counts[k] >= least {
						key = k
						break
					}
				}
				if key == "" {
					break
				}
				taken++
				kept := !seen[key] && strings.ContainsFunc(r.text(), unicode.IsLetter)
				switch {
				case !kept:
					out = append(out, r.text())
				case head:
					p.head = append(p.head, r)
				default:
					p.foot = append([]row{r}, p.foot...)
				}
				seen[key] = true
			}
			if head {
				p.rows = p.rows[taken:]
			} else {
				p.rows = p.rows[:len(p.rows)-taken]
			}
		}
	}
	for _, p := range pages {
		if len(p.rows) > 0 {
			return out
		}
	}
	copy(pages, before) // the file has no other text, so keep all of it
	return nil
}

// edgeShare is the share of a page's height, at the top and at the bottom, in
// which headers and footers stand.
const edgeShare = 0.14

// edge returns the rows near the top of a page, from the first one down, or the
// rows near its bottom, from the last one up.
func (p *sheetText) edge(head bool) []row {
	var out []row
	for i := range min(edgeRows, len(p.rows)) {
		r := p.rows[i]
		if !head {
			r = p.rows[len(p.rows)-1-i]
		}
		if from := (r.base - p.crop.y0) / p.crop.height(); head && from < 1-edgeShare || !head && from > edgeShare {
			break
		}
		out = append(out, r)
	}
	return out
}
