package serve

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"

	"selfrag/retrieval"
	"selfrag/session"
)

func TestQuestionsOfADocument(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"headings":           {"# Leave\n\n## How many days are there?\n\nTwenty.\n\n### 2. May I carry some over? ###\n", []string{"How many days are there?", "May I carry some over?"}},
		"a Korean page":      {"## 연차는 며칠입니까?\n스무 날입니다.\nQ1. 이월할 수 있나요?\nA. 다섯 날까지.\n질문: 언제까지 신청하나요？", []string{"연차는 며칠입니까?", "이월할 수 있나요?", "언제까지 신청하나요？"}},
		"lines of the text":  {"Is it far? It is.\n- Who?\nQuestions?\n#hash?\n", nil},
		"beyond the reading": {strings.Repeat("가", charactersRead) + "\n# Late?\n", nil},
		"nothing":            {"", nil},
	} {
		if got := asked(c.text); !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
}

func TestRootOfDocuments(t *testing.T) {
	for want, sources := range map[string][]string{
		"":            {"a.md", "docs/b.md"},
		"docs/":       {"docs/a/x.md", "docs/b.md", "docs/a/y.md"},
		"/home/us/d/": {"/home/us/d/a.md", "upload:규정.md", "https://example.org/a"},
		"/":           {"/a/b.md", "/c.md"},
		"문서/규정/":      {"문서/규정/휴가.md", "문서/규정/출장/여비.md"},
		"C:/docs/":    {"C:/docs/a.md", "C:/docs/b/c.md"},
		"docs/a/":     {"docs/a/x.md", "docs/a/y.md", "stdin:notes.md"},
	} {
		var docs []retrieval.DocumentInfo
		for _, s := range sources {
			docs = append(docs, retrieval.DocumentInfo{Source: s})
		}
		if got := Root(docs); got != want {
			t.Errorf("%q: got %q, want %q", sources, got, want)
		}
	}
	if got := Root(nil); got != "" {
		t.Errorf("no documents: got %q", got)
	}
}

func TestQuestionsOfACollection(t *testing.T) {
	faq := map[string]string{"a.md": "# 연차는 며칠입니까?\n\n스무 날입니다.\n", "b.md": "# Leave\n\n## Who grants it?\n\nThe team lead.\n## Who grants it?\n"}
	many := map[string]string{"a.md": "# One?\n# Two?\n# Three?\n# Four?\n# Five?\n"}
	for name, c := range map[string]struct {
		written []string
		fails   error
		texts   map[string]string
		want    []string
	}{
		"written by hand":      {[]string{"", " How many lanes has the bridge? \r", "다리는 언제 섰습니까?", strings.Repeat("긴 ", longestQuestion) + "?"}, nil, faq, []string{"How many lanes has the bridge?", "다리는 언제 섰습니까?"}},
		"asked by headings":    {nil, nil, faq, []string{"연차는 며칠입니까?", "Who grants it?"}},
		"more than are shown":  {nil, nil, many, []string{"One?", "Two?", "Three?", "Four?"}},
		"none":                 {nil, nil, map[string]string{"a.md": "# Leave\n"}, []string{}},
		"the file is unusable": {nil, errors.New("Zephyrine"), faq, nil},
	} {
		t.Run(name, func(t *testing.T) {
			p := parts{}
			s, err := New(Config{
				Libraries: readable{c.texts}, Engine: p, Models: p, Ingester: p, Secret: make([]byte, 16), Jobs: JobsConfig{Dir: t.TempDir()},
				Sessions:  func(Tenant) (*session.Store, error) { return nil, nil },
				Questions: func(Tenant, string) ([]string, error) { return c.written, c.fails },
			})
			if err != nil {
				t.Fatal(err)
			}
			got, err := s.For(Allow("t", nil, false)).Questions(t.Context(), "notes")
			if c.fails != nil {
				if told := (*Error)(nil); !errors.As(err, &told) || told.Kind != Internal || strings.Contains(told.Message, "Zephyrine") {
					t.Errorf("got %v", err)
				}
				return
			}
			if err != nil || !reflect.DeepEqual(got, c.want) {
				t.Errorf("got %q, %v; want %q", got, err, c.want)
			}
		})
	}
}

// readable is the libraries of a service: each has one collection, whose
// documents are the texts, by source.
type readable struct{ texts map[string]string }

func (r readable) Library(context.Context, Tenant) (Library, error) { return oneCollection{r: r}, nil }

type oneCollection struct {
	Library
	r readable
}

func (l oneCollection) Collection(context.Context, string) (Collection, error) {
	return documents{r: l.r}, nil
}

type documents struct {
	Collection
	r readable
}

func (d documents) Documents(context.Context) ([]retrieval.DocumentInfo, error) {
	var out []retrieval.DocumentInfo
	for _, source := range []string{"a.md", "b.md"} {
		if _, ok := d.r.texts[source]; ok {
			out = append(out, retrieval.DocumentInfo{Source: source})
		}
	}
	return out, nil
}

func (d documents) Text(_ context.Context, _, source string) (string, error) {
	return d.r.texts[source], nil
}
