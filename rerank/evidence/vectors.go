package evidence

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	lru "github.com/hashicorp/golang-lru/v2"

	"selfrag/internal/vec"
)

const (
	// mostRead is the number of sentences of a search that are read one by one.
	// For 41 of 42 questions that use other words than their documents, the
	// answering sentence is among the best 16 by words and late interaction;
	// for 35 of them it is among the best 8.
	mostRead = 16
	// keptVectors is the number of sentence vectors to keep, the last used
	// ones. That covers about a hundred passages and takes about 20 MB at 384
	// dimensions.
	keptVectors = 10_000
)

// vectors computes the vectors of sentences and keeps them.
type vectors struct {
	model Model
	kept  *lru.Cache[string, []float32]
}

func newVectors(m Model) *vectors {
	kept, _ := lru.New[string, []float32](keptVectors) // fails only for a size below 1
	return &vectors{m, kept}
}

// of returns a vector for each text, in order.
func (v *vectors) of(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	var missing []string
	for i, t := range texts {
		if known, ok := v.kept.Get(t); ok {
			out[i] = known
		} else if !slices.Contains(missing, t) {
			missing = append(missing, t)
		}
	}
	if len(missing) == 0 {
		return out, ctx.Err()
	}
	made, err := v.model.EmbedDocuments(ctx, missing)
	if err != nil {
		return nil, fmt.Errorf("read %d sentences: %w", len(missing), err)
	}
	for i, t := range missing {
		v.kept.Add(t, made[i])
		for n := range texts {
			if texts[n] == t {
				out[n] = made[i]
			}
		}
	}
	return out, nil
}

// likeliest returns the indices of the sentences that are worth reading one by
// one, in order: the best by words, kind and late interaction. The weights were
// chosen on the questions described at mostRead.
func likeliest(all []Sentence) []int {
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	score := func(s Signals) float64 { return 20*s.Late + s.Coverage + 0.5*s.Kind }
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(score(all[b].Signals), score(all[a].Signals)) })
	order = order[:min(len(order), mostRead)]
	slices.Sort(order)
	return order
}

// compareVectors keeps the likeliest sentences and reads each below its title
// and headings.
func (f *Finder) compareVectors(ctx context.Context, question string, all []Sentence) ([]Sentence, error) {
	asked, err := f.vectors.model.EmbedQuery(ctx, question)
	if err != nil {
		return nil, fmt.Errorf("read the question: %w", err)
	}
	var kept []Sentence
	var texts []string
	for _, i := range likeliest(all) {
		s := all[i]
		kept = append(kept, s)
		texts = append(texts, s.Title+"\n"+s.Heading+"\n"+s.Text)
	}
	read, err := f.vectors.of(ctx, texts)
	if err != nil {
		return nil, err
	}
	for i, v := range read {
		if len(v) != len(asked) {
			return nil, fmt.Errorf("compare a sentence with the question: the model gave vectors of %d and of %d dimensions", len(v), len(asked))
		}
		kept[i].Signals.Cosine = float64(vec.Dot(asked, v))
	}
	return kept, nil
}
