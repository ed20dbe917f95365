//go:build onnx && integration && figures

package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/cmd/selfrag/internal/measure"
	"selfrag/eval"
	"selfrag/rerank"
	"selfrag/rerank/late"
	"selfrag/retrieval"
	"selfrag/retrieval/embed"
	"selfrag/retrieval/sqlite"
)

// TestFusionFigures prints the worth of each weight of the dense side and each
// weight of late interaction with the default embedder. It measures on all
// questions and by cross-validation: the weights are chosen by nDCG@10 on one
// half of the questions and judged on the other half, in 50 random halvings. It
// fails if the chosen weights lose to plain hybrid search with its current
// settings.
func TestFusionFigures(t *testing.T) {
	handbook := handbookDir(t)
	for _, set := range []struct {
		name, corpus, questions, language string
		split                             string
	}{
		{"musique-100", filepath.Join(dataDir(t), "musique-100", "corpus.jsonl"), filepath.Join(dataDir(t), "musique-100"), "", "none"},
		{"handbook, English", handbook, handbook, "en", ""},
		{"handbook, Korean", handbook, handbook, "ko", ""},
		{"autorag-ko", filepath.Join(dataDir(t), "autorag-ko", "corpus.jsonl"), filepath.Join(dataDir(t), "autorag-ko"), "", "none"},
	} {
		t.Run(set.name, func(t *testing.T) {
			dir := t.TempDir()
			args := []string{"ingest", set.corpus}
			if set.split != "" {
				args = append(args, "--split", set.split)
			}
			if code, _, stderr := selfrag(t, dir, args...); code != exitDone {
				t.Fatalf("ingest: exit code %d: %s", code, stderr)
			}
			data := questionsOf(t, set.questions, set.language)
			table := measureWeights(t, filepath.Join(dir, "selfrag.db"), data)
			t.Logf("%s, %d questions\n%s", set.name, len(data.Queries), table)
			if chosen, plain := table.crossValidated(50); chosen < plain-0.01 {
				t.Errorf("weights chosen on half of the questions: nDCG@10 %.3f on the other half, and %.3f with the best weight of hybrid search alone", chosen, plain)
			}
		})
	}
}

// questionsOf returns the judged questions of one language, or all for "".
func questionsOf(t *testing.T, path, language string) eval.Dataset {
	t.Helper()
	data, err := eval.Load(path)
	if err != nil {
		if data, err = eval.LoadQA(path); err != nil {
			t.Fatal(err)
		}
	}
	data.Queries = slices.DeleteFunc(data.Judged(), func(q eval.Query) bool {
		return language != "" && !strings.HasPrefix(q.ID, language)
	})
	return data
}

// weighed holds the weight of the dense side in fusion and the weight of late
// interaction beside the fused order. A late weight of 0 means no late
// interaction.
type weighed struct{ dense, late float64 }

// weightTable holds nDCG@10 and recall@5 of each question by weights.
type weightTable struct {
	ndcg, recall map[weighed][]float64
}

// measureWeights searches with all weights. It reads each passage once.
func measureWeights(t *testing.T, path string, data eval.Dataset) weightTable {
	t.Helper()
	ctx := t.Context()
	db, err := sqlite.Open(ctx, path, sqlite.Config{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	collection, err := db.Collection(ctx, "default")
	if err != nil {
		t.Fatal(err)
	}
	name, err := embed.ParseName(collection.Spec().Model)
	if err != nil {
		t.Fatal(err)
	}
	model, err := embed.NewONNX(embed.ONNXConfig{Model: name.Model})
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	reranker, err := late.New(&remembering{model: model}, late.Config{})
	if err != nil {
		t.Fatal(err)
	}
	table := weightTable{map[weighed][]float64{}, map[weighed][]float64{}}
	for _, q := range data.Queries {
		judged := data.Judgements[q.ID]
		ids := map[string]bool{}
		for id := range judged {
			ids[id] = true
		}
		vector, err := model.EmbedQuery(ctx, q.Text)
		if err != nil {
			t.Fatal(err)
		}
		dense, err := collection.Dense(ctx, retrieval.Request{Text: q.Text, Vector: vector, K: 100})
		if err != nil {
			t.Fatal(err)
		}
		lexical, err := collection.Lexical(ctx, retrieval.Request{Text: q.Text, K: 100})
		if err != nil {
			t.Fatal(err)
		}
		note := func(w weighed, ranked []retrieval.Passage) {
			ranking := eval.Ranking(ranked, func(p retrieval.Passage) string { return measure.DocumentID(p, ids) })
			table.ndcg[w] = append(table.ndcg[w], eval.NDCGAt(10, ranking, judged))
			table.recall[w] = append(table.recall[w], eval.RecallAt(5, ranking, judged))
		}
		for _, w := range []float64{0, 0.1, 0.15, 0.2, 0.25, 0.35, 0.5, 0.6, 0.7, 0.8, 1} {
			fused := retrieval.Fuse(dense, lexical, w)
			fused = fused[:min(20, len(fused))]
			note(weighed{w, 0}, fused)
			ranked, err := reranker.Rerank(ctx, q.Text, fused)
			if err != nil {
				t.Fatal(err)
			}
			for _, l := range []float64{0.25, 0.5, 0.6, 0.75, 1} {
				joined, err := rerank.WithPrior(known(ranked), l)
				if err != nil {
					t.Fatal(err)
				}
				both, err := joined.Rerank(ctx, q.Text, fused)
				if err != nil {
					t.Fatal(err)
				}
				note(weighed{w, l}, both)
			}
		}
	}
	return table
}

// known is a reranker with passages that were judged before.
type known []retrieval.Passage

func (k known) Rerank(context.Context, string, []retrieval.Passage) ([]retrieval.Passage, error) {
	return slices.Clone(k), nil
}

// remembering embeds each text only once.
type remembering struct {
	model *embed.ONNX
	mu    sync.Mutex
	read  map[string]retrieval.Tokens
}

func (r *remembering) QueryTokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	return r.model.QueryTokens(ctx, text)
}

func (r *remembering) Tokens(ctx context.Context, text string) (retrieval.Tokens, error) {
	r.mu.Lock()
	tokens, ok := r.read[text]
	r.mu.Unlock()
	if ok {
		return tokens, nil
	}
	tokens, err := r.model.Tokens(ctx, text)
	if err != nil {
		return tokens, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.read == nil {
		r.read = map[string]retrieval.Tokens{}
	}
	r.read[text] = tokens
	return tokens, nil
}

// crossValidated returns the mean nDCG@10 of the weights that are best on one
// half of the questions, judged on the other half, and that of hybrid search
// alone.
func (t weightTable) crossValidated(times int) (chosen, plain float64) {
	source := rand.New(rand.NewPCG(1, 2))
	questions := len(t.ndcg[weighed{}])
	for range times {
		order := source.Perm(questions)
		half := questions / 2
		chosen += mean(t.ndcg[t.best(order[:half], func(weighed) bool { return true })], order[half:]) / float64(times)
		plain += mean(t.ndcg[t.best(order[:half], func(w weighed) bool { return w.late == 0 })], order[half:]) / float64(times)
	}
	return chosen, plain
}

// best returns the weights with the highest nDCG@10 on the given questions.
func (t weightTable) best(questions []int, allowed func(weighed) bool) weighed {
	var best weighed
	highest := -1.0
	for _, w := range t.all() {
		if m := mean(t.ndcg[w], questions); allowed(w) && m > highest {
			best, highest = w, m
		}
	}
	return best
}

func (t weightTable) all() []weighed {
	var out []weighed
	for w := range t.ndcg {
		out = append(out, w)
	}
	slices.SortFunc(out, func(a, b weighed) int { return cmp.Or(cmp.Compare(a.dense, b.dense), cmp.Compare(a.late, b.late)) })
	return out
}

func mean(values []float64, of []int) float64 {
	sum := 0.0
	for _, i := range of {
		sum += values[i] / float64(len(of))
	}
	return sum
}

// String returns the table with a line for each weight of the dense side.
func (t weightTable) String() string {
	var b strings.Builder
	every := make([]int, len(t.ndcg[weighed{}]))
	for i := range every {
		every[i] = i
	}
	fmt.Fprintf(&b, "nDCG@10 (recall@5) by weight of the dense side, without late interaction and with it by weight\n")
	last := -1.0
	for _, w := range t.all() {
		if w.dense != last {
			fmt.Fprintf(&b, "\n%4.2f ", w.dense)
			last = w.dense
		}
		fmt.Fprintf(&b, " %4.2f: %.3f (%.3f)", w.late, mean(t.ndcg[w], every), mean(t.recall[w], every))
	}
	chosen, plain := t.crossValidated(50)
	fmt.Fprintf(&b, "\nchosen on one half, judged on the other: %.3f; hybrid search alone: %.3f\n", chosen, plain)
	return b.String()
}
