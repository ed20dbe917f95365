package serve

import (
	"context"
	"errors"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/session"
)

// searching implements the parts of a service whose search finds one passage.
type searching struct {
	parts
	found    retrieval.Result
	evidence error // error of the finder
	asked    *int  // number of calls of the finder
}

func (searching) Library(context.Context, Tenant) (Library, error) { return notes{}, nil }

// notes is a library whose collections are never read.
type notes struct{ Library }

func (notes) Collection(context.Context, string) (Collection, error) { return nil, nil }

func (s searching) Retriever(context.Context, string, Collection, SearchOptions) (agent.Retriever, agent.EvidenceFinder, error) {
	return s, s, nil
}

func (s searching) Search(context.Context, string) (retrieval.Result, error) { return s.found, nil }

func (s searching) Find(ctx context.Context, in evidence.Input) (evidence.Found, error) {
	*s.asked++
	if s.evidence != nil {
		return evidence.Found{}, s.evidence
	}
	return evidence.New(nil, evidence.Config{}).Find(ctx, in)
}

func TestSearchFindsEvidenceWhereAsked(t *testing.T) {
	passage := retrieval.Passage{ID: "a", Text: "다리는 1998년에 섰습니다. 다리에는 차로가 두 개 있습니다."}
	for name, c := range map[string]struct {
		query    Query
		passages []retrieval.Passage
		broken   error
		best     string // best sentence; empty: none
		asked    int
		kind     Kind
	}{
		"not asked": {query: Query{Text: "다리의 차로"}, passages: []retrieval.Passage{passage}},
		"asked": {query: Query{Text: "다리에 차로가 몇 개 있나요?", Evidence: true}, passages: []retrieval.Passage{passage},
			best: "다리에는 차로가 두 개 있습니다.", asked: 1},
		"nothing found": {query: Query{Text: "lanes", Evidence: true}, asked: 1},
		"fails": {query: Query{Text: "lanes", Evidence: true}, passages: []retrieval.Passage{passage}, broken: errors.New("Zephyrine"),
			asked: 1, kind: Internal},
		"no query": {query: Query{Text: " ", Evidence: true}, kind: Invalid},
	} {
		t.Run(name, func(t *testing.T) {
			asked := 0
			p := searching{found: retrieval.Result{Passages: c.passages}, evidence: c.broken, asked: &asked}
			s, err := New(Config{
				Libraries: p, Engine: p, Models: p, Ingester: p, Secret: make([]byte, 16), Jobs: JobsConfig{Dir: t.TempDir()}, Collection: "notes",
				Sessions: func(Tenant) (*session.Store, error) { return nil, nil },
			})
			if err != nil {
				t.Fatal(err)
			}
			found, err := s.For(Allow("t", nil, false)).Search(t.Context(), c.query)
			if asked != c.asked {
				t.Errorf("the finder was asked %d times, want %d", asked, c.asked)
			}
			if c.kind != "" {
				var told *Error
				if !errors.As(err, &told) || told.Kind != c.kind || strings.Contains(told.Message, "Zephyrine") {
					t.Errorf("got %v, want one of kind %s", err, c.kind)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if (found.Evidence != nil) != c.query.Evidence {
				t.Fatalf("evidence %+v", found.Evidence)
			}
			if found.Evidence == nil {
				return
			}
			best := ""
			if len(found.Evidence.Sentences) > 0 {
				best = found.Evidence.Sentences[0].Text
			}
			if best != c.best || found.Evidence.Sentences == nil {
				t.Errorf("the best of %+v is %q, want %q", found.Evidence.Sentences, best, c.best)
			}
		})
	}
}
