package questions

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"selfrag/eval"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// handbook is a small corpus in both languages.
var handbook = []retrieval.Passage{
	{ID: "1", Source: "travel.md", Title: "Travel Policy", Text: "Claims must be sent in within 30 days after the end of the journey.\n\nThe meal allowance is KRW 40,000 for each full day of travel.\n\nJourneys of the Harbour Team are booked through Moraetop two weeks ahead."},
	{ID: "2", Source: "team.md", Title: "Harbour Team", Text: "The Harbour Team was founded on 9 March 2009 in Gunsan.\n\nThe Harbour Team has 14 members.\n\nIn 2024 the team held 41 talks.\n\nThe weekly meeting lasts 45 minutes."},
	{ID: "3", Source: "leave.md", Title: "연차휴가 안내", Text: "쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다.\n\n안식휴가를 다녀온 구성원은 2024년에 모두 11명이었습니다.\n\n팀장은 신청을 받은 날부터 3영업일 안에 답해야 합니다."},
	{ID: "4", Source: "busan.md", Title: "부산 오피스 안내", Text: "부산 오피스는 2014년 3월에 문을 열었습니다.\n\n임시 자리는 모두 다섯 개입니다.\n\n냉동 시험실은 건물의 2층에 있습니다."},
}

// byWords searches passages by the words that they share with a query.
type byWords []retrieval.Passage

func (b byWords) Search(_ context.Context, question string) (retrieval.Result, error) {
	asked := text.Keywords(question)
	found := slices.Clone(b)
	score := func(p retrieval.Passage) float64 { return text.Share(asked, text.Keywords(p.Searchable())) }
	slices.SortStableFunc(found, func(x, y retrieval.Passage) int { return cmp.Compare(score(y), score(x)) })
	return retrieval.Result{Passages: found}, nil
}

func makerOf(t testing.TB, cfg Config, write Writer) *Maker {
	t.Helper()
	passages := slices.Clone(handbook)
	c := corpusOf(t, passages...)
	return &Maker{Corpus: c, Search: byWords(passages), Find: evidence.New(nil, evidence.Config{}), Config: cfg, Write: write, Model: "scripted:1"}
}

func TestMakeByCode(t *testing.T) {
	done := 0
	m := makerOf(t, Config{Count: 12, Seed: 3}, nil)
	m.Progress = func(n, total int) {
		if n != done+1 || total != 12 {
			t.Errorf("progress %d of %d after %d", n, total, done)
		}
		done = n
	}
	made, err := m.Make(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if len(made.Questions) != done || done < 8 {
		t.Errorf("%d questions, and %d by the progress", len(made.Questions), done)
	}
	kinds, languages := map[string]int{}, map[string]int{}
	for _, q := range made.Questions {
		kinds[idKind(q)]++
		languages[q.Language]++
		if q.MadeBy != ByCode || !strings.HasSuffix(q.Text, "?") {
			t.Errorf("got %+v", q)
		}
		if q.Answerable != (len(q.Evidence) > 0) {
			t.Errorf("%s: answerable is %v, with %d pieces of evidence", q.ID, q.Answerable, len(q.Evidence))
		}
		for i, h := range q.Hops {
			if !strings.Contains(q.Evidence[i].Quote, h.Answer) || q.Evidence[i].Source != h.Passage {
				t.Errorf("%s: %q is not in %+v", q.ID, h.Answer, q.Evidence[i])
			}
			if strings.Contains(q.Text, h.Answer) {
				t.Errorf("%s: %q tells %q", q.ID, q.Text, h.Answer)
			}
		}
	}
	if kinds["one"] == 0 || kinds["none"] == 0 || languages["ko"] == 0 || languages["en"] == 0 {
		t.Errorf("kinds %v, languages %v", kinds, languages)
	}
	again, err := makerOf(t, Config{Count: 12, Seed: 3}, nil).Make(context.Background())
	if err != nil || !bytes.Equal(written(t, made.Questions), written(t, again.Questions)) {
		t.Errorf("the same seed gives other questions, %v", err)
	}
	other, err := makerOf(t, Config{Count: 12, Seed: 4}, nil).Make(context.Background())
	if err != nil || bytes.Equal(written(t, made.Questions), written(t, other.Questions)) {
		t.Errorf("another seed gives the same questions, %v", err)
	}
}

func written(t testing.TB, list []Question) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, list); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestEvaluationReadsThem writes questions and loads them as a data set.
func TestEvaluationReadsThem(t *testing.T) {
	made, err := makerOf(t, Config{Count: 12, Seed: 3}, nil).Make(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "q.jsonl")
	if err := os.WriteFile(path, written(t, made.Questions), 0o600); err != nil {
		t.Fatal(err)
	}
	data, err := eval.LoadQA(path)
	if err != nil {
		t.Fatal(err)
	}
	if len(data.Queries) != len(made.Questions) {
		t.Fatalf("%d of %d questions", len(data.Queries), len(made.Questions))
	}
	for i, q := range data.Queries {
		want := made.Questions[i]
		if q.Unanswerable == want.Answerable || q.Hops != want.HopCount || len(data.Judgements[q.ID]) == 0 && want.Answerable {
			t.Errorf("got %+v and %v of %+v", q, data.Judgements[q.ID], want)
		}
	}
}

func TestOneLanguage(t *testing.T) {
	for _, language := range prompts.Languages() {
		made, err := makerOf(t, Config{Count: 8, Language: language}, nil).Make(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range made.Questions {
			if q.Language != language {
				t.Errorf("%s: %q is a question in %s", language, q.Text, q.Language)
			}
		}
	}
}

func TestNothingToAsk(t *testing.T) {
	passages := []retrieval.Passage{{ID: "1", Source: "a", Text: "Nothing is said."}}
	m := &Maker{Corpus: corpusOf(t, passages...), Search: byWords(passages), Find: evidence.New(nil, evidence.Config{})}
	if _, err := m.Make(context.Background()); !errors.Is(err, ErrNothing) {
		t.Errorf("got %v", err)
	}
}

// TestModelWrites has a scripted model write the questions. What code refuses,
// code writes itself.
func TestModelWrites(t *testing.T) {
	replies := map[string]string{
		"30 days":    "Within how many days after a journey must an expense claim be sent?",
		"14":         "The Harbour Team has 14 members, right?", // tells the answer
		"5일":         "남은 연차는 다음 해로 며칠까지 넘길 수 있나요?",
		"KRW 40,000": "KRW?", // no question
	}
	var asked []string
	m := makerOf(t, Config{Count: 9, Several: -1, Unanswerable: -1}, func(_ context.Context, name, _ string, values any) (string, error) {
		v, ok := values.(prompts.MakeQuestion)
		if !ok || name != prompts.NameMakeQuestion {
			t.Errorf("prompt %s with %T", name, values)
		}
		asked = append(asked, v.Answer)
		if !strings.Contains(v.Sentence, v.Answer) {
			t.Errorf("%q is not in %q", v.Answer, v.Sentence)
		}
		return replies[v.Answer], nil
	})
	made, err := m.Make(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	by := map[string]string{}
	for _, q := range made.Questions {
		by[q.Answers[0]] = q.MadeBy
	}
	for answer, want := range map[string]string{"30 days": "scripted:1", "5일": "scripted:1", "KRW 40,000": ByCode} {
		if by[answer] != want {
			t.Errorf("%s: written by %q, want %q; asked %q", answer, by[answer], want, asked)
		}
	}
	if made.Left[TellsAnswer]+made.Left[Unwritten]+made.Left[OtherKind] == 0 {
		t.Errorf("left out: %v", made.Left)
	}
	broken := errors.New("gone")
	m = makerOf(t, Config{}, func(context.Context, string, string, any) (string, error) { return "", broken })
	if _, err := m.Make(context.Background()); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
}
