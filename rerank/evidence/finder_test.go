package evidence

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"selfrag/internal/vec"
	"selfrag/retrieval"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func passage(id, source, title, text string) retrieval.Passage {
	return retrieval.Passage{ID: id, Source: source, Title: title, Text: text, Start: 100, End: 100 + len([]rune(text))}
}

var leave = []retrieval.Passage{
	passage("en", "leave.md", "Annual Leave", "Everyone has 15 days a year. Unused days may be carried over, at most 5 of them. Ask your lead first."),
	passage("old", "leave-2020.md", "Annual Leave (2020)", "Unused days may be carried over, at most 2 of them."),
	passage("new", "leave-2025.md", "Annual Leave (2025)", "Unused days may be carried over, at most 7 of them."),
	passage("ko", "연차.md", "연차휴가 안내", "그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다. 신청은 근태 시스템에서 합니다."),
	passage("office", "office.md", "Busan Office", "The cafeteria opens at noon. Lunch costs 8,000 won."),
}

func TestFindPutsTheAnswerFirst(t *testing.T) {
	for question, want := range map[string]string{
		"How many unused days of annual leave may be carried over?": "Unused days may be carried over, at most 7 of them.",
		"How many unused days could be carried over in 2021?":       "Unused days may be carried over, at most 2 of them.",
		"쓰지 못한 연차는 최대 며칠까지 이월할 수 있나요?":                              "그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다.",
		"How much is lunch in the Busan office?":                    "Lunch costs 8,000 won.",
	} {
		found, err := New(nil, Config{}).Find(t.Context(), Input{Question: question, Passages: leave[1:]})
		if err != nil {
			t.Fatal(err)
		}
		if len(found.Sentences) == 0 || found.Sentences[0].Text != want {
			t.Errorf("%s: got %+v, want %q first", question, found.Sentences, want)
			continue
		}
		best := found.Sentences[0]
		i := slices.IndexFunc(leave, func(p retrieval.Passage) bool { return p.ID == best.Passage })
		if got := string([]rune(leave[i].Text)[best.Start-100 : best.End-100]); got != best.Text {
			t.Errorf("%s: %d to %d of the document is %q, not %q", question, best.Start, best.End, got, best.Text)
		}
		if !slices.IsSortedFunc(found.Sentences, func(a, b Sentence) int {
			if a.Answers > b.Answers {
				return -1
			}
			return 1
		}) {
			t.Errorf("%s: not best first", question)
		}
		for _, s := range found.Sentences {
			if s.Answers < 0 || s.Answers > 1 {
				t.Errorf("%s: P(answers) of %q is %g", question, s.Text, s.Answers)
			}
		}
	}
}

// The score of the reranker counts only if the curves give it a weight. By
// default they do not.
func TestRerankerCounts(t *testing.T) {
	passages := slices.Clone(leave[3:])
	for i := range passages {
		score := float64(i) * 4
		passages[i].Rerank = &score
	}
	in := Input{Question: "How much is lunch in the Busan office?", Passages: passages}
	weighing := *BuiltIn()
	weighing.Without.Sentence.Weights = slices.Clone(weighing.Without.Sentence.Weights)
	weighing.Without.Sentence.Weights[len(SignalNames())-1] = 1
	if BuiltIn().WeighsReranker() || !weighing.WeighsReranker() {
		t.Error("WeighsReranker does not tell the curves apart")
	}
	plain, err := New(nil, Config{}).Find(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	weighed, err := New(nil, Config{Curves: &weighing}).Find(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range weighed.Sentences {
		i := slices.IndexFunc(plain.Sentences, func(p Sentence) bool { return p.Text == s.Text })
		shift := logit(s.Answers) - logit(plain.Sentences[i].Answers)
		if want := s.Signals.Reranker; math.Abs(shift-want) > 1e-6 || (s.Passage == "office") != (want == 4) {
			t.Errorf("%q has the score %g, and its log odds differ by %g", s.Text, want, shift)
		}
	}
}

func TestAnswersIsLowerWithoutTheDocument(t *testing.T) {
	for _, question := range []string{"How many days of leave may be carried over?", "연차는 며칠까지 이월할 수 있나요?"} {
		finder := New(nil, Config{})
		with, err := finder.Find(t.Context(), Input{Question: question, Passages: leave})
		if err != nil {
			t.Fatal(err)
		}
		without, err := finder.Find(t.Context(), Input{Question: question, Passages: leave[4:]})
		if err != nil {
			t.Fatal(err)
		}
		if without.Answers >= with.Answers || without.Answers > 0.5 {
			t.Errorf("%s: P(answers) is %.2f with its document and %.2f without", question, with.Answers, without.Answers)
		}
	}
}

func TestOnePlace(t *testing.T) {
	finder := New(nil, Config{})
	place := func(question string) float64 {
		found, err := finder.Find(t.Context(), Input{Question: question, Passages: leave})
		if err != nil {
			t.Fatal(err)
		}
		return found.OnePlace
	}
	one, several := place("How much is lunch in the Busan office?"), place("Who leads the team of the office that serves lunch which costs 8,000 won?")
	if one <= several {
		t.Errorf("P(one place) is %.2f of one look-up and %.2f of several", one, several)
	}
}

func TestCopiesCountOnce(t *testing.T) {
	again := leave[4]
	again.ID, again.Source = "copy", "copy.md"
	found, err := New(nil, Config{}).Find(t.Context(), Input{Question: "How much is lunch?", Passages: []retrieval.Passage{leave[4], again}})
	if err != nil {
		t.Fatal(err)
	}
	if len(found.Sentences) != 2 {
		t.Fatalf("got %d sentences, want 2: %+v", len(found.Sentences), found.Sentences)
	}
	if s := found.Sentences[0]; s.Source != "office.md" || !slices.Equal(s.Copies, []string{"copy.md"}) {
		t.Errorf("got %s with copies %v", s.Source, s.Copies)
	}
}

func TestNothingToFind(t *testing.T) {
	for name, in := range map[string]Input{
		"no passages": {Question: "Why?"},
		"no text":     {Question: "Why?", Passages: []retrieval.Passage{{ID: "a"}, {ID: "b", Text: "\n# \n"}}},
		"no question": {Passages: leave},
	} {
		found, err := New(nil, Config{}).Find(t.Context(), in)
		if err != nil || len(in.Passages) < 5 && len(found.Sentences) > 0 {
			t.Errorf("%s: got %+v, %v", name, found, err)
		}
		if found.Answers > 0.5 {
			t.Errorf("%s: P(answers) is %g", name, found.Answers)
		}
	}
}

// letters gives each letter a token whose vector is one of 26 axes.
type letters struct{ fail string }

func (m letters) Tokens(_ context.Context, s string) (retrieval.Tokens, error) {
	if m.fail != "" && strings.Contains(s, m.fail) {
		return retrieval.Tokens{}, errors.New("broken")
	}
	var t retrieval.Tokens
	for i, r := range s {
		v := make([]float32, 27)
		v[26] = 0.1
		if r >= 'a' && r <= 'z' {
			v[r-'a'] = 1
		}
		t.Vectors, t.Spans = append(t.Vectors, v), append(t.Spans, [2]int{i, i + len(string(r))})
	}
	return t, nil
}

func (m letters) QueryTokens(ctx context.Context, s string) (retrieval.Tokens, error) {
	return m.Tokens(ctx, s)
}

// EmbedQuery counts the letters of a text.
func (m letters) EmbedQuery(ctx context.Context, s string) ([]float32, error) {
	tokens, err := m.Tokens(ctx, s)
	sum := make([]float32, 27)
	for _, v := range tokens.Vectors {
		for i, x := range v {
			sum[i] += x
		}
	}
	return vec.Unit(sum), err
}

func (m letters) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	out := make([][]float32, len(texts))
	for i, s := range texts {
		var err error
		if out[i], err = m.EmbedQuery(ctx, s); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// The sentences of a long passage are read one by one up to a limit, each once
// for all curves.
func TestSentencesAreReadOnce(t *testing.T) {
	var b strings.Builder
	for i := range 40 {
		fmt.Fprintf(&b, "Sentence %c is %d letters long.\n\n", 'a'+i%26, i)
	}
	m := &counting{letters: letters{}}
	first := New(m, Config{})
	for _, finder := range []*Finder{first, first, first.With(nil)} {
		got, err := finder.Candidates(t.Context(), Input{Question: "How long is b?", Passages: []retrieval.Passage{{ID: "p", Text: b.String()}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(got) != mostRead {
			t.Fatalf("%d sentences are candidates, want %d", len(got), mostRead)
		}
	}
	if m.read != mostRead {
		t.Errorf("%d sentences were read, want %d", m.read, mostRead)
	}
}

type counting struct {
	letters
	read int
}

func (c *counting) EmbedDocuments(ctx context.Context, texts []string) ([][]float32, error) {
	c.read += len(texts)
	return c.letters.EmbedDocuments(ctx, texts)
}

func TestLateReadsTheSentenceAndWhatItStandsUnder(t *testing.T) {
	p := retrieval.Passage{ID: "p", Title: "xyz", Text: "abc.\n\nabd.\n\n# q\n\nabe."}
	got, err := New(letters{}, Config{}).Candidates(t.Context(), Input{Question: "cxq", Passages: []retrieval.Passage{p}})
	if err != nil {
		t.Fatal(err)
	}
	late := map[string]float64{}
	for _, s := range got {
		late[s.Text] = s.Signals.Late
	}
	// c is in the first sentence, x in the title of all, q above the last.
	if !(late["abc."] > late["abd."] && late["abe."] > late["abd."]) || late["abd."] <= 0 {
		t.Errorf("late interaction is %v", late)
	}
}

func TestFindFails(t *testing.T) {
	for name, m := range map[string]letters{"the question": {"lunch"}, "passage office": {"cafeteria"}} {
		_, err := New(m, Config{}).Find(t.Context(), Input{Question: "lunch", Passages: leave[4:]})
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("got %v, want %q in it", err, name)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := New(letters{}, Config{}).Find(ctx, Input{Question: "lunch", Passages: leave}); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v, want the context's error", err)
	}
	if _, err := New(nil, Config{}).Find(ctx, Input{Question: "lunch", Passages: leave}); !errors.Is(err, context.Canceled) {
		t.Errorf("without a model: got %v, want the context's error", err)
	}
}

// Sentences of equal probability keep their order only if the weights are the
// same to the last bit, whatever the order in which a map is read.
func TestWeightsAreTheSameEachTime(t *testing.T) {
	const question = "2026년 2월부터 첫 번째 당번이 일주일 동안 온콜을 맡으면 받는 온콜 수당은 얼마이며, how many hours of rest follow a call at night?"
	var all []wordSet
	for _, p := range leave {
		all = append(all, wordsOf(p.Searchable()), wordsOf(question[:len(question)/2]))
	}
	first := weigh(question, all)
	for range 200 {
		if again := weigh(question, all); !slices.Equal(again.words, first.words) || !slices.Equal(again.weight, first.weight) {
			t.Fatalf("got %v, then %v", first.weight, again.weight)
		}
	}
}
