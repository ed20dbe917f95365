package reading

import (
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// leadReach is the number of tokens that are read for each token of leads.
const leadReach = 8

// leads cuts each passage, which is a section of a document, after its first
// sentences. All passages keep the same number of sentences, which is as large
// as the tokens allow, and at least one.
//
// Method: the lead baseline of extractive summarisation, for each section. What
// a section is about usually stands at its beginning.
func leads(passages []retrieval.Passage, tokens int) []retrieval.Passage {
	pieces := make([][]evidence.Sentence, len(passages))
	longest := 0
	for i, p := range passages {
		pieces[i] = evidence.Cut(p)
		longest = max(longest, len(pieces[i]))
	}
	var best []retrieval.Passage
	for n := 1; n <= max(longest, 1); n++ {
		cut, size := make([]retrieval.Passage, len(passages)), 0
		for i, p := range passages {
			if len(pieces[i]) > n {
				p = before(p, pieces[i][n-1].End)
			}
			cut[i] = p
			size += text.Tokens(p.Text)
		}
		if best != nil && size > tokens {
			break
		}
		best = cut
	}
	return best
}

// before returns a passage up to an offset in its document.
func before(p retrieval.Passage, end int) retrieval.Passage {
	p.Text = string([]rune(p.Text)[:end-p.Start])
	p.End = end
	return p
}
