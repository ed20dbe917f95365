package claim

import (
	"slices"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// leastShare is the share of a sentence's words that a passage must contain for
// attribute to cite the passage for the sentence. It is half, because about
// half the words of a sentence are endings and function words. Not measured.
const leastShare = 0.5

// mostCited is the maximum number of passages that attribute cites for one
// sentence. The value was not tuned. A question about the demo's documents (the
// handbook) needs up to three facts, each from another passage.
const mostCited = 3

// attribute corrects the citation of a sentence, because a small model often
// forgets the mark or writes a wrong one. It leaves a sentence unchanged if it
// cites passages that contain all its facts, which are its numbers, months and
// names. For any other sentence, attribute cites the passage that contains most
// of its words, if that passage contains all its facts. If that passage lacks a
// fact, attribute cites several passages that contain all facts together.
func attribute(s Sentence, in Sources) Sentence {
	if !in.applies(RuleAttribute) {
		return s
	}
	if len(s.Passages) > 0 && !missing(s, in).Refuted {
		return s
	}
	i, share := closest(s.Text, in.Passages)
	other := s
	other.Passages = []int{i}
	if share >= leastShare && !missing(other, in).Refuted {
		return other
	}
	if all, ok := citingMore(s, in); ok {
		return all
	}
	if len(s.Passages) == 0 && share >= leastShare {
		return other
	}
	return s
}

// citingMore adds passages to the citations of a sentence until the cited
// passages together contain all its facts. An answer that combines two passages
// needs this, because small models cite only the last passage. It returns false
// if a fact is in no passage, or if more than mostCited passages would be
// needed.
func citingMore(s Sentence, in Sources) (Sentence, bool) {
	said := text.Keywords(s.Text)
	for {
		lacks := missing(s, in)
		if !lacks.Refuted {
			return s, len(s.Passages) > 0
		}
		if len(s.Passages) >= mostCited {
			return s, false
		}
		best, most := -1, -1.0
		for i, p := range in.Passages {
			if slices.Contains(s.Passages, i) || missing(s.Citing(i), in) == lacks {
				continue
			}
			if share := text.Share(said, text.Keywords(p.Searchable())); share > most {
				best, most = i, share
			}
		}
		if best < 0 {
			return s, false
		}
		s = s.Citing(best)
	}
}

// closest returns the index of the passage that contains the largest share of a
// sentence's keywords, and that share.
func closest(sentence string, passages []retrieval.Passage) (best int, share float64) {
	said := text.Keywords(sentence)
	for i, p := range passages {
		if s := text.Share(said, text.Keywords(p.Searchable())); s > share {
			best, share = i, s
		}
	}
	return best, share
}
