package retrieval

import (
	"cmp"
	"slices"
)

// withoutCopies keeps one of the passages that are the same part of the same
// content, where the best of them stood: that of the source that comes first by
// name, with the sources of the others in Copies. Two documents with the same
// id have the same content (see Document).
func withoutCopies(found []Passage) []Passage {
	type part struct {
		document   string
		start, end int
	}
	at := map[part]int{}
	var out []Passage
	for _, p := range found {
		key := part{p.Document, p.Start, p.End}
		i, isCopy := at[key]
		if p.Document == "" || !isCopy {
			at[key] = len(out)
			out = append(out, p)
			continue
		}
		kept := &out[i]
		if p.Source == kept.Source {
			continue
		}
		copies := append(slices.Clone(kept.Copies), p.Source)
		if p.Source < kept.Source {
			copies[len(copies)-1] = kept.Source
			p.Score, p.Dense, p.Lexical = kept.Score, cmp.Or(kept.Dense, p.Dense), cmp.Or(kept.Lexical, p.Lexical)
			*kept = p
		}
		slices.Sort(copies)
		kept.Copies = slices.Compact(copies)
	}
	return out
}
