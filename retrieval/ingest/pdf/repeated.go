package pdf

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// edgeRows is how many rows at the head and the foot of a page are looked at.
const edgeRows = 3

var wholeNumber = regexp.MustCompile(`[0-9]+`)

// pageWords are the words that stand beside the number of a page.
var pageWords = []string{"page", "p", "pg", "of", "seite", "쪽", "페이지", "면", "총", "중", "제"}

// keys are what a row at the edge of a page is known again by on another one:
// its text, or its text with a number that counts the pages. That stands apart
// from the rest, or among words for a page: "Lesson 3" is no number of a page.
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

// setAside takes running heads and feet out of the pages: rows at the edges
// that several pages have, or that count them. The first of those that say
// something stays, on its page. It returns the others.
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
	copy(pages, before) // nothing else is in the file
	return nil
}

// edgeShare is the part of a page, at its head and at its foot, that running
// heads and feet stand in.
const edgeShare = 0.14

// edge are the rows at the head of a page from its first on, or at its foot
// from its last on.
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
