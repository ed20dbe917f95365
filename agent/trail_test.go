package agent

import (
	"context"
	"slices"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

func passage(title, text string) retrieval.Passage {
	return retrieval.Passage{ID: title, Document: title, Source: title, Title: title, Text: text, End: len([]rune(text))}
}

// library finds passages by the words that they share with a query.
type library []retrieval.Passage

func (l library) Search(ctx context.Context, query string) (retrieval.Result, error) {
	found, err := l.FirstStage(ctx, query, 5)
	return retrieval.Result{Query: query, Passages: found}, err
}

func (l library) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	out := slices.Clone(l)
	for i, p := range out {
		out[i].Score = 5 * text.Share(text.Keywords(query), text.Keywords(p.Searchable()))
	}
	retrieval.SortByScore(out)
	return out[:min(k, len(out))], ctx.Err()
}

func shelf() library {
	return library{
		passage("Larkspur lamp", "The Larkspur lamp is a desk lamp made by Norvale Lighting since 1988."),
		passage("Norvale Lighting", "Norvale Lighting has its head office in the city of Tamsin."),
		passage("Quill Works", "Quill Works has its head office in the city of Marrow."),
		passage("Tamsin", "Tamsin is a city on the river Ouse. Its mayor is Ana Ruiz."),
		passage("Marrow", "Marrow is a city in the hills. Its mayor is Bea Soto."),
		passage("Lamps", "A lamp gives light. Many a firm makes lamps."),
	}
}

func TestFollowPlanFindsTheWayByNames(t *testing.T) {
	s, err := NewSteps(&scripted{write: says("")}, shelf(), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	const question = "Who is the mayor of the city where the maker of the Larkspur lamp has its head office?"
	plan := Plan{"the maker of the Larkspur lamp", "the city of the head office of #1", "the mayor of the city of #2"}
	trails, err := s.FollowPlan(t.Context(), question, plan)
	if err != nil {
		t.Fatal(err)
	}
	if len(trails) != trailsKept {
		t.Fatalf("got %d trails", len(trails))
	}
	var got []string
	for _, p := range trails[0].Passages {
		got = append(got, p.ID)
	}
	if !slices.Equal(got, []string{"Larkspur lamp", "Norvale Lighting", "Tamsin"}) {
		t.Errorf("got %q by %q", got, trails[0].Queries)
	}
	if calls := s.Usage(); calls.Calls != 0 {
		t.Errorf("%d calls of the model", calls.Calls)
	}
}

func TestFollowBringsTheHopsIntoTheRanking(t *testing.T) {
	s, err := NewSteps(&scripted{write: says("")}, shelf(), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	const question = "In which city is the head office of the firm that makes the Larkspur lamp?"
	ranking, trails, err := s.Follow(t.Context(), question, Plan{"the firm that makes the Larkspur lamp", "the city of the head office of #1"})
	if err != nil || len(trails) == 0 {
		t.Fatalf("got %v, %v", trails, err)
	}
	best := []string{ranking[0].ID, ranking[1].ID}
	slices.Sort(best)
	if !slices.Equal(best, []string{"Larkspur lamp", "Norvale Lighting"}) {
		t.Errorf("the best two are %q", best)
	}
}

// TestFollowNeedsNoPlan goes over bridges alone where the plan is the question.
func TestFollowNeedsNoPlan(t *testing.T) {
	s, err := NewSteps(&scripted{write: says("")}, shelf(), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	const question = "Who makes the Larkspur lamp?"
	ranking, trails, err := s.Follow(t.Context(), question, Plan{question})
	if err != nil || len(trails) != 0 || ranking[0].ID != "Larkspur lamp" {
		t.Errorf("got %v, %d trails, first %q", err, len(trails), ranking[0].ID)
	}
	if !slices.ContainsFunc(ranking[:3], func(p retrieval.Passage) bool { return p.ID == "Norvale Lighting" }) {
		t.Error("the passage that the best one names is not among the first three")
	}
}

func TestPoolKeepsTheBestScore(t *testing.T) {
	var p pool
	p.add([]retrieval.Passage{{ID: "a", Score: 1}, {ID: "b", Score: 2}})
	p.add([]retrieval.Passage{{ID: "a", Score: 3}, {ID: "b", Score: 1}, {ID: "c", Score: 0}})
	var got []string
	for _, r := range p.ranking() {
		got = append(got, r.ID)
	}
	if strings.Join(got, "") != "abc" || p.ranking()[1].Score != 2 {
		t.Errorf("got %+v", p.ranking())
	}
}
