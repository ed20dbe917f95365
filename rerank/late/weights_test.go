package late

import (
	"context"
	"hash/crc32"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// spelled reads a text word by word. A word is similar only to itself.
type spelled struct{ rarity map[string]float64 }

func (s spelled) Tokens(_ context.Context, text string) (retrieval.Tokens, error) {
	var out retrieval.Tokens
	at := 0
	for word := range strings.FieldsSeq(text) {
		start := at + strings.Index(text[at:], word)
		at = start + len(word)
		vector := make([]float32, 1000)
		vector[crc32.ChecksumIEEE([]byte(strings.ToLower(word)))%1000] = 1
		out.Vectors = append(out.Vectors, vector)
		out.Spans = append(out.Spans, [2]int{start, at})
		if s.rarity != nil {
			out.Rarity = append(out.Rarity, s.rarity[strings.ToLower(word)])
		}
	}
	return out, nil
}

// A word that every passage holds distinguishes none, so the rare word decides.
func TestRareTokensCountMore(t *testing.T) {
	passages := []retrieval.Passage{
		{ID: "common", Text: "the office hours are"},
		{ID: "rare", Text: "THE Tidegate"},
		{ID: "other", Text: "the office yard is"},
	}
	for name, model := range map[string]Model{
		"among the passages":   spelled{map[string]float64{"the": 9, "office": 9, "tidegate": 9}},
		"and in text at large": spelled{map[string]float64{"the": 3, "office": 8, "tidegate": 14}},
	} {
		r, err := New(model, Config{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Rerank(t.Context(), "the office Tidegate", passages)
		if err != nil {
			t.Fatal(err)
		}
		if got[0].ID != "rare" || got[0].Score >= 1 || got[0].Score <= got[1].Score {
			t.Errorf("%s: %s is first with %v, then %s with %v", name, got[0].ID, got[0].Score, got[1].ID, got[1].Score)
		}
	}
	// Without known probabilities all tokens count alike, and two matches of
	// three are better.
	r, err := New(spelled{}, Config{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Rerank(t.Context(), "the office Tidegate", passages)
	if err != nil || got[0].ID != "common" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestWeights(t *testing.T) {
	model := spelled{map[string]float64{"a": 2, "b": 2, "c": 2, "d": 2, "z": 2}}
	at := func(text string) retrieval.Tokens {
		tokens, _ := model.Tokens(t.Context(), text)
		return tokens
	}
	texts := []string{"a b", "A c", "a d"}
	passages := []retrieval.Tokens{at(texts[0]), at(texts[1]), at(texts[2])}
	got := weights("a b z", at("a b z"), texts, passages)
	if !(got[0] > 0 && got[0] < got[1] && got[1] < got[2]) {
		t.Errorf("tokens that 3, 1 and 0 of 3 passages hold weigh %v", got)
	}
	if weights("a", retrieval.Tokens{Vectors: [][]float32{{1}}}, texts, passages) != nil {
		t.Error("tokens without a place were weighed")
	}
	if bare := at("a"); weights("a", retrieval.Tokens{Vectors: bare.Vectors, Spans: bare.Spans}, texts, passages) != nil {
		t.Error("tokens of unknown rarity were weighed")
	}
	placeless := retrieval.Tokens{Vectors: at(texts[1]).Vectors}
	if weights("a", at("a"), texts, []retrieval.Tokens{passages[0], placeless, passages[2]}) != nil {
		t.Error("tokens were weighed beside a passage whose tokens have no place")
	}
}

// A passage without text has no tokens and no spans. This says nothing about
// the model, and the other passages still weight the query.
func TestAPassageWithoutTextLeavesTheWeights(t *testing.T) {
	model := spelled{map[string]float64{"the": 9, "office": 9, "tidegate": 9}}
	r, err := New(model, Config{})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Rerank(t.Context(), "the office Tidegate", []retrieval.Passage{
		{ID: "common", Text: "the office hours are"},
		{ID: "rare", Text: "the Tidegate"},
		{ID: "no text"},
		{ID: "other", Text: "the office yard is"},
	})
	if err != nil || got[0].ID != "rare" || got[0].Score <= got[1].Score || got[3].ID != "no text" || got[3].Score != 0 {
		t.Errorf("got %+v, %v", got, err)
	}
}
