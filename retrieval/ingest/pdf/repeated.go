package pdf

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode"
)

// edgeRows is how many rows at the head and the foot of a page are looked at.
const edgeRows = 3

var wholeNumber = regexp.MustCompile(`[0-9]+`)

// keys are what a row at the edge of a page is known again by on another one:
// its text, or its text with one of its numbers counting the pages.
func keys(r row, page int) []string {
	text := strings.Join(strings.Fields(r.text()), " ")
	out := []string{text}
	for _, at := range wholeNumber.FindAllStringIndex(text, 8) {
		n, err := strconv.Atoi(text[at[0]:at[1]])
		if err != nil {
			continue
		}
		out = append(out, fmt.Sprintf("%s#%d#%s", text[:at[0]], n-page, text[at[1]:]))
	}
	return out
}

// setAside takes running heads and feet out of the pages: rows at the edges
// that several pages have, or that count them. The first of those that say
// something stays, on its page. It returns the others.
func setAside(pages []sheetText) []string {
	var out []string
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
	return out
}

// edge are the rows at the head of a page from its first on, or at its foot
// from its last on.
func (p *sheetText) edge(head bool) []row {
	n := min(edgeRows, len(p.rows))
	if head {
		return p.rows[:n]
	}
	var out []row
	for i := range n {
		out = append(out, p.rows[len(p.rows)-1-i])
	}
	return out
}
