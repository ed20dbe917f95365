package llm

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/retrieval"
)

// sorter is a model that sees the texts of a window and answers.
type sorter struct {
	answer func(texts []string) (string, error)
	asked  [][]string
}

func (s *sorter) GenerateContent(ctx context.Context, m []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	texts := strings.Split(m[0].Parts[0].(llms.TextContent).Text, "\x00")[1:]
	s.asked = append(s.asked, texts)
	answer, err := s.answer(texts)
	if err != nil {
		return nil, err
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: answer}}}, nil
}

// listPrompt returns the query and the texts, separated by a character that is
// in none of them.
func listPrompt(query string, passages []retrieval.Passage) ([]llms.MessageContent, error) {
	for _, p := range passages {
		query += "\x00" + p.Title + p.Text
	}
	return []llms.MessageContent{llms.TextParts(llms.ChatMessageTypeHuman, query)}, nil
}

// descending puts the largest text first, as a perfect model would.
func descending(texts []string) (string, error) {
	places := make([]int, len(texts))
	for i := range places {
		places[i] = i
	}
	slices.SortFunc(places, func(a, b int) int { return strings.Compare(texts[b], texts[a]) })
	var numbers []string
	for _, i := range places {
		numbers = append(numbers, fmt.Sprintf("[%d]", i+1))
	}
	return strings.Join(numbers, " > "), nil
}

func lettered(letters string) []retrieval.Passage {
	var out []retrieval.Passage
	for i, l := range letters {
		out = append(out, retrieval.Passage{ID: fmt.Sprint(i), Text: string(l)})
	}
	return out
}

func textsOf(passages []retrieval.Passage) string {
	var b strings.Builder
	for _, p := range passages {
		b.WriteString(p.Text)
	}
	return b.String()
}

func TestListwise(t *testing.T) {
	for _, tc := range []struct {
		name         string
		cfg          ListwiseConfig
		in, want     string
		firstWindows []string
	}{
		{"one window", ListwiseConfig{}, "bdac", "dcba", []string{"bdac"}},
		// The window moves from the back to the front and carries the best
		// along.
		{"sliding", ListwiseConfig{Window: 4, Step: 2}, "abcdefgh", "hgbadcfe", []string{"efgh", "cdhg", "abhg"}},
		{"odd remainder", ListwiseConfig{Window: 4, Step: 3}, "abcdefghi", "ibaedchgf", []string{"fghi", "cdei", "abi"}},
		{"step of one", ListwiseConfig{Window: 2, Step: 1}, "abcd", "dabc", []string{"cd", "bd", "ad"}},
		{"Korean", ListwiseConfig{}, "가다나", "다나가", []string{"가다나"}},
		{"one passage", ListwiseConfig{}, "a", "a", nil},
		{"none", ListwiseConfig{}, "", "", nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			model := &sorter{answer: descending}
			r, err := NewListwise(model, listPrompt, tc.cfg)
			if err != nil {
				t.Fatal(err)
			}
			in := lettered(tc.in)
			got, err := r.Rerank(t.Context(), "q", in)
			if err != nil {
				t.Fatal(err)
			}
			if textsOf(got) != tc.want {
				t.Errorf("got %s, want %s", textsOf(got), tc.want)
			}
			if textsOf(in) != tc.in {
				t.Errorf("the caller's passages became %s", textsOf(in))
			}
			for i, want := range tc.firstWindows {
				if i >= len(model.asked) || strings.Join(model.asked[i], "") != want {
					t.Errorf("window %d was not %s: %v", i, want, model.asked)
				}
			}
			for i, p := range got {
				want := float64(len(got)-i) / float64(len(got))
				if p.Rerank == nil || *p.Rerank != want || p.Score != want {
					t.Errorf("place %d has score %g", i, p.Score)
				}
			}
		})
	}
}

func TestListwiseFitsTheContext(t *testing.T) {
	model := &sorter{answer: descending}
	r, err := NewListwise(model, listPrompt, ListwiseConfig{ContextTokens: 400, PassageTokens: 100})
	if err != nil {
		t.Fatal(err)
	}
	in := make([]retrieval.Passage, 10)
	for i := range in {
		in[i] = retrieval.Passage{ID: fmt.Sprint(i), Title: strings.Repeat("T", 5000), Text: fmt.Sprint(i) + strings.Repeat("글", 5000)}
	}
	in[3].Text = "" // needs no room
	got, err := r.Rerank(t.Context(), "q", in)
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 10 {
		t.Fatalf("%d passages came back", len(got))
	}
	if len(model.asked) < 5 {
		t.Errorf("ten long passages were shown in %d windows", len(model.asked))
	}
	for _, texts := range model.asked {
		if n := tokens(strings.Join(texts, "")) + 2*perNumber*len(texts); len(texts) < 2 || n > 400 {
			t.Errorf("a window of %d passages takes %d tokens", len(texts), n)
		}
	}
	for _, p := range got {
		if len(p.Title) != 5000 {
			t.Errorf("passage %s came back cut", p.ID)
		}
	}
	if _, err := r.Rerank(t.Context(), strings.Repeat("물음 ", 1000), in); err == nil || !strings.Contains(err.Error(), "no room") {
		t.Errorf("a query beyond the context: %v", err)
	}
}

func TestListwiseWithoutAnOrder(t *testing.T) {
	var warnings []string
	answers := []string{"I like them all.", "[2] > [1]"}
	model := &sorter{answer: func([]string) (string, error) {
		answer := answers[0]
		answers = append(answers[1:], answer)
		return answer, nil
	}}
	r, err := NewListwise(model, listPrompt, ListwiseConfig{Window: 2, Step: 1, Warn: func(s string) { warnings = append(warnings, s) }})
	if err != nil {
		t.Fatal(err)
	}
	got, err := r.Rerank(t.Context(), "q", lettered("abc"))
	if err != nil || textsOf(got) != "bac" {
		t.Errorf("got %s, %v", textsOf(got), err)
	}
	if len(warnings) != 1 || !strings.Contains(warnings[0], "passages 2 to 3") {
		t.Errorf("warned %q", warnings)
	}
	model.answer = func([]string) (string, error) { return "none of them", nil }
	if got, err := r.Rerank(t.Context(), "q", lettered("abc")); !errors.Is(err, ErrNoOrder) || got != nil {
		t.Errorf("no order at all: got %s, %v", textsOf(got), err)
	}
	broken := errors.New("broken")
	model.answer = func([]string) (string, error) { return "", broken }
	if _, err := r.Rerank(t.Context(), "q", lettered("abc")); !errors.Is(err, broken) {
		t.Errorf("a model that fails: %v", err)
	}
}

func TestListwiseStops(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	model := &sorter{}
	model.answer = func(texts []string) (string, error) {
		cancel()
		return descending(texts)
	}
	r, err := NewListwise(model, listPrompt, ListwiseConfig{Window: 2})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := r.Rerank(ctx, "q", lettered("abcdef")); !errors.Is(err, context.Canceled) || len(model.asked) != 1 {
		t.Errorf("cancelled amid the first window: %v after %d calls", err, len(model.asked))
	}
}

func TestNewListwise(t *testing.T) {
	for name, cfg := range map[string]ListwiseConfig{
		"window of one": {Window: 1}, "window below": {Window: -1}, "step of a window": {Window: 4, Step: 4}, "step below": {Step: -1},
		"context below": {ContextTokens: -1}, "passage below": {PassageTokens: -1},
	} {
		if _, err := NewListwise(&sorter{}, listPrompt, cfg); err == nil {
			t.Errorf("%s is taken", name)
		}
	}
	if _, err := NewListwise(nil, nil, ListwiseConfig{}); err == nil {
		t.Error("a reranker without a model")
	}
}
