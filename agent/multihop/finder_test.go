package multihop

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

func passage(title, text string) retrieval.Passage {
	return retrieval.Passage{ID: title, Document: title, Source: title, Title: title, Text: text, End: len([]rune(text))}
}

// library finds passages by the words that they share with a query.
type library []retrieval.Passage

func (l library) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	out := slices.Clone(l)
	for i, p := range out {
		out[i].Score = 5 * text.Share(text.Keywords(query), text.Keywords(p.Searchable()))
	}
	retrieval.SortByScore(out)
	return out[:min(k, len(out))], ctx.Err()
}

func lamps() library {
	return library{
		passage("Larkspur lamp", "The Larkspur lamp is a desk lamp made by Norvale Lighting since 1988."),
		passage("Norvale Lighting", "Norvale Lighting has its head office in the city of Tamsin."),
		passage("Quill Works", "Quill Works has its head office in the city of Marrow."),
		passage("Tamsin", "Tamsin is a city on the river Ouse. Its mayor is Ana Ruiz."),
		passage("Marrow", "Marrow is a city in the hills. Its mayor is Bea Soto."),
		passage("Lamps", "A lamp gives light. Many a firm makes lamps."),
	}
}

// teams are Korean passages, in which names are found by particles and by
// titles.
func teams() library {
	return library{
		passage("콜드핀치", "콜드핀치는 창고 온도 감시 제품입니다. 하버팀이 담당합니다."),
		passage("하버팀", "하버팀은 부산 지사에서 일합니다. 팀장은 김보라입니다."),
		passage("등대팀", "등대팀은 서울 본사에서 일합니다. 팀장은 이수민입니다."),
		passage("휴가 규정", "연차는 한 해 15일입니다."),
	}
}

func titles(passages []retrieval.Passage) []string {
	out := make([]string, len(passages))
	for i, p := range passages {
		out[i] = p.Title
	}
	return out
}

const (
	mayor  = "Who is the mayor of the city where the maker of the Larkspur lamp has its head office?"
	office = "In which city is the head office of the firm that makes the Larkspur lamp?"
)

func TestPathsFindTheWayByNames(t *testing.T) {
	for _, tc := range []struct {
		name, question string
		in             library
		plan           Plan
		want, queries  []string
	}{
		{"three hops", mayor, lamps(),
			Plan{"the maker of the Larkspur lamp", "the city of the head office of #1", "the mayor of the city of #2"},
			[]string{"Larkspur lamp", "Norvale Lighting", "Tamsin"},
			[]string{"the maker of the Larkspur lamp", "the city of the head office of Norvale Lighting", "the mayor of the city of Tamsin"}},
		{"Korean", "콜드핀치를 담당하는 팀의 팀장은 누구인가요?", teams(),
			Plan{"콜드핀치를 담당하는 팀", "#1의 팀장"},
			[]string{"콜드핀치", "하버팀"}, []string{"콜드핀치를 담당하는 팀", "하버팀의 팀장"}},
		{"a name of the question is not searched for", "Who makes the Larkspur Lamp?", lamps(),
			Plan{"Larkspur Lamp", "the maker of #1"}, []string{"Larkspur lamp"}, []string{"the maker of Larkspur Lamp"}},
		{"the last sub-question needs none before it", office, lamps(),
			Plan{"the maker of the Larkspur lamp", "the head office of Norvale Lighting"},
			[]string{"Larkspur lamp", "Norvale Lighting"}, []string{"the maker of the Larkspur lamp", "the head office of Norvale Lighting"}},
		{"nothing to find", office, nil, Plan{"the maker of the lamp", "the city of #1"}, nil, nil},
		{"a passage is on a path once", "Who makes it?", library{passage("Lamp", "The Lamp is made by Norvale.")},
			Plan{"the lamp", "the maker of #1"}, []string{"Lamp"}, []string{"the lamp"}},
		{"no name to go on by", "Who makes it?", library{passage("", "it is made by them.")}, Plan{"the thing", "the maker of #1"}, nil, nil},
		{"no plan", office, lamps(), nil, nil, nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			paths, err := Finder{Searcher: tc.in}.paths(t.Context(), tc.question, tc.plan)
			if err != nil {
				t.Fatal(err)
			}
			if tc.want == nil {
				if len(paths) != 0 {
					t.Errorf("got %v", paths)
				}
				return
			}
			if len(paths) != keptPaths {
				t.Fatalf("got %d paths", len(paths))
			}
			if got := titles(paths[0].Passages); !slices.Equal(got, tc.want) || !slices.Equal(paths[0].Queries, tc.queries) {
				t.Errorf("got %q by %q", got, paths[0].Queries)
			}
			mean := 0.0
			for _, p := range paths[0].Passages {
				mean += p.Score / float64(len(paths[0].Passages))
			}
			if d := paths[0].Score - mean; d > 1e-9 || d < -1e-9 {
				t.Errorf("the score is %g, the mean of its passages %g", paths[0].Score, mean)
			}
		})
	}
}

func TestFollowBringsTheHopsIntoTheRanking(t *testing.T) {
	ranking, paths, err := Finder{Searcher: lamps()}.Follow(t.Context(), office, Plan{"the firm that makes the Larkspur lamp", "the city of the head office of #1"})
	if err != nil || len(paths) == 0 {
		t.Fatalf("got %v, %v", paths, err)
	}
	best := titles(ranking[:2])
	slices.Sort(best)
	if !slices.Equal(best, []string{"Larkspur lamp", "Norvale Lighting"}) {
		t.Errorf("the best two are %q", best)
	}
}

// TestFollowNeedsNoPlan uses only bridges, because the plan is the question.
func TestFollowNeedsNoPlan(t *testing.T) {
	const question = "Who makes the Larkspur lamp?"
	ranking, paths, err := Finder{Searcher: lamps()}.Follow(t.Context(), question, Plan{question})
	if err != nil || len(paths) != 0 || ranking[0].ID != "Larkspur lamp" {
		t.Errorf("got %v, %d paths, first %q", err, len(paths), ranking[0].ID)
	}
	if !slices.Contains(titles(ranking[:3]), "Norvale Lighting") {
		t.Error("the passage that the best one names is not among the first three")
	}
}

// TestFollowWithoutItsParts leaves out paths and bridges. It finds what the
// question itself finds, in the same order.
func TestFollowWithoutItsParts(t *testing.T) {
	plan := Plan{"the firm that makes the Larkspur lamp", "the city of the head office of #1"}
	own, err := lamps().FirstStage(t.Context(), office, maxCandidates)
	if err != nil {
		t.Fatal(err)
	}
	for _, tc := range []struct {
		name            string
		finder          Finder
		paths, asItself bool
	}{
		{"neither", Finder{WithoutPaths: true, WithoutBridges: true}, false, true},
		{"bridges", Finder{WithoutPaths: true}, false, false},
		{"paths", Finder{WithoutBridges: true}, true, false},
	} {
		counted := &counting{Searcher: lamps()}
		tc.finder.Searcher = counted
		ranking, paths, err := tc.finder.Follow(t.Context(), office, plan)
		if err != nil || (len(paths) > 0) != tc.paths {
			t.Errorf("%s: got %d paths, %v", tc.name, len(paths), err)
		}
		same := slices.EqualFunc(ranking, own, func(a, b retrieval.Passage) bool { return a.ID == b.ID && a.Score == b.Score })
		if same != tc.asItself || (counted.searches == 1) != tc.asItself {
			t.Errorf("%s: %d searches found %q", tc.name, counted.searches, titles(ranking))
		}
	}
}

// counting counts searches and fails from one of them on.
type counting struct {
	Searcher
	mu       sync.Mutex
	searches int
	failAt   int // 0 means never
	err      error
}

func (c *counting) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	c.mu.Lock()
	c.searches++
	fail := c.failAt > 0 && c.searches >= c.failAt
	c.mu.Unlock()
	if fail {
		return nil, c.err
	}
	return c.Searcher.FirstStage(ctx, query, k)
}

// TestFollowEndsWhereASearchFails lets each search fail: the question's own,
// one of a path, and one over a bridge.
func TestFollowEndsWhereASearchFails(t *testing.T) {
	broken := errors.New("the store is gone")
	plan := Plan{"the firm that makes the Larkspur lamp", "the city of the head office of #1"}
	whole := &counting{Searcher: lamps()}
	if _, _, err := (Finder{Searcher: whole}).Follow(t.Context(), office, plan); err != nil || whole.searches < 5 {
		t.Fatalf("%d searches, %v", whole.searches, err)
	}
	for at := 1; at <= whole.searches; at++ {
		found, paths, err := Finder{Searcher: &counting{Searcher: lamps(), failAt: at, err: broken}}.Follow(t.Context(), office, plan)
		if !errors.Is(err, broken) || found != nil || paths != nil {
			t.Errorf("search %d fails: got %v, %q", at, err, titles(found))
		}
	}
	if _, _, err := (Finder{}).Follow(t.Context(), office, plan); err == nil || !strings.Contains(err.Error(), "no searcher") {
		t.Errorf("without a searcher: %v", err)
	}
}

// TestFollowSaysWhyItWasStopped checks that the cause of the context takes
// precedence over the error of the search.
func TestFollowSaysWhyItWasStopped(t *testing.T) {
	spent := errors.New("the time is spent")
	ctx, cancel := context.WithCancelCause(t.Context())
	stops := &stopping{Searcher: lamps(), stop: func() { cancel(spent) }}
	if _, _, err := (Finder{Searcher: stops}).Follow(ctx, office, Plan{"the firm that makes the Larkspur lamp", "the city of #1"}); !errors.Is(err, spent) {
		t.Errorf("got %v", err)
	}
}

// stopping ends the context at the first search of a path.
type stopping struct {
	Searcher
	stop func()
}

func (s *stopping) FirstStage(ctx context.Context, query string, k int) ([]retrieval.Passage, error) {
	if k == hopPassages {
		s.stop()
		return nil, errors.New("interrupted")
	}
	return s.Searcher.FirstStage(ctx, query, k)
}
