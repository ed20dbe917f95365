package eval

import (
	"context"
	"errors"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent"
	"selfrag/prompts"
	"selfrag/prompts/promptstest"
	"selfrag/retrieval"
)

// readerModel is a judge that follows rules. A text supports a sentence if it
// contains it, the statements of an answer are its sentences, and the question for
// any answer is "who?".
type readerModel struct {
	calls int
	fail  bool
}

func (m *readerModel) GenerateContent(_ context.Context, messages []llms.MessageContent, _ ...llms.CallOption) (*llms.ContentResponse, error) {
	m.calls++
	if m.fail {
		return nil, errors.New("the judge is gone")
	}
	names, err := promptNames()
	if err != nil {
		return nil, err
	}
	var all []string
	for _, message := range messages {
		all = append(all, textOf(message))
	}
	last := all[len(all)-1]
	reply := "who?"
	switch names.Of(strings.Join(all, "\n")) {
	case prompts.NameStatements:
		_, answer, _ := strings.Cut(last, "Reply: ")
		reply = strings.ReplaceAll(answer, ". ", ".\n")
	case prompts.NameGradeSupport:
		text, statement, _ := strings.Cut(last, "\nStatement: ")
		statement, _, _ = strings.Cut(statement, "\nReply as JSON")
		reply = `{"grade":"No"}`
		if strings.Contains(text, strings.TrimSuffix(statement, ".")) {
			reply = `{"grade":"Yes"}`
		}
	case prompts.NameEvades:
		reply = `{"grade":"No"}`
	}
	return &llms.ContentResponse{Choices: []*llms.ContentChoice{{Content: reply, GenerationInfo: map[string]any{"PromptTokens": 10, "CompletionTokens": 2}}}}, nil
}

// promptNames recognises the prompts that the judge is sent.
var promptNames = sync.OnceValues(promptstest.New)

func (m *readerModel) Call(ctx context.Context, prompt string, options ...llms.CallOption) (string, error) {
	return llms.GenerateFromSinglePrompt(ctx, m, prompt, options...)
}

func textOf(m llms.MessageContent) string {
	text, _ := m.Parts[0].(llms.TextContent)
	return text.Text
}

type searchesNothing struct{}

func (searchesNothing) Search(context.Context, string) (retrieval.Result, error) {
	return retrieval.Result{}, errors.New("nothing to search")
}

func reader(m *readerModel) Judge {
	return Judge{Name: "reader", Embedder: bySentence{}, Steps: func() (*agent.Steps, error) {
		return agent.NewSteps(m, searchesNothing{}, nil, agent.Config{})
	}}
}

func TestJudge(t *testing.T) {
	passages := []ReadPassage{{ID: "p1", Source: "a.md", Text: "Ana Ruiz leads it and lives in Gunsan"}, {ID: "p2", Source: "b.md", Text: "Boats lie there"}}
	o := Outcome{Arm: "a", ID: "q", Answer: "Ana Ruiz leads it. [1] Boats lie there. [1] [2] It is blue. [2]", Passages: passages,
		Citations: []CitedDocument{{N: 1, Passage: "p1", Quote: "Ana Ruiz"}, {N: 2, Passage: "p2", Quote: "Boats"}}}
	m := &readerModel{}
	j, err := reader(m).Judge(t.Context(), Query{ID: "q", Text: "xx"}, o)
	if err != nil {
		t.Fatal(err)
	}
	// Two of three sentences are supported. Of the four citations, the first
	// and the third support their sentence alone; the second and the fourth do
	// not.
	if math.Abs(j.Citations.Recall-2.0/3) > exactly || math.Abs(j.Citations.Precision-0.5) > exactly {
		t.Errorf("citations: %+v", *j.Citations)
	}
	if j.Faithfulness == nil || math.Abs(*j.Faithfulness-2.0/3) > exactly {
		t.Errorf("faithfulness: %v", j.Faithfulness)
	}
	if j.Relevancy == nil || *j.Relevancy != 0 { // "who?" has neither of the letters that the embedder counts
		t.Errorf("relevancy: %v", j.Relevancy)
	}
	if j.Usage.Calls != m.calls || j.Usage.PromptTokens != 10*m.calls || j.Judge != "reader" || j.Arm != "a" {
		t.Errorf("got %+v after %d calls", j, m.calls)
	}
	// The judge ignores the words that an answer is not certain.
	for _, hedge := range []string{"Not certain: ", "확실하지 않습니다: "} {
		unsure := o
		unsure.Answer, unsure.Unsure = hedge+o.Answer, true
		got, err := reader(m).Judge(t.Context(), Query{ID: "q", Text: "xx"}, unsure)
		if err != nil || *got.Citations != *j.Citations || *got.Faithfulness != *j.Faithfulness {
			t.Errorf("%s: citations %+v, faithfulness %v, %v", hedge, got.Citations, got.Faithfulness, err)
		}
	}
	// Without passages, as in files of earlier versions, the quotes are read.
	o.Passages = nil
	if j, err = reader(m).Judge(t.Context(), Query{ID: "q", Text: "xx"}, o); err != nil || j.Citations.Recall != 0 {
		t.Errorf("by quotes: %+v, %v", j.Citations, err)
	}
	without := reader(m)
	without.Embedder = nil
	if j, err = without.Judge(t.Context(), Query{ID: "q", Text: "xx"}, o); err != nil || j.Relevancy != nil {
		t.Errorf("without an embedder: %v, %v", j.Relevancy, err)
	}
}

func TestJudgingGoesOnWhereItStopped(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.jsonl")
	who := &asked{}
	run := Run{Arms: []Arm{who.arm("a"), who.arm("b")}, Queries: queries(3), Log: openLog(t, path, nil)}
	outcomes, err := run.Do(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	abstained := Outcome{Arm: "a", ID: "q9", Abstained: true}
	if err := run.Log.Add(abstained); err != nil {
		t.Fatal(err)
	}
	m := &readerModel{}
	judging := Judging{Arms: []string{"a", "b"}, Queries: append(queries(3), Query{ID: "q9", Text: "?"}), Log: run.Log, Judge: reader(m)}
	var told []int
	judging.Progress = func(done, total int) {
		told = append(told, 10*done+total)
		m.fail = done == 4
	}
	if err := judging.Do(t.Context()); err == nil || !strings.Contains(err.Error(), "the judge is gone") {
		t.Fatalf("got %v", err)
	}
	_ = run.Log.Close()

	judging.Log = openLog(t, path, nil)
	if n := judging.Pending(); n != 2 {
		t.Fatalf("%d pending", n)
	}
	m.fail, told = false, nil
	judging.Progress = func(done, total int) { told = append(told, 10*done+total) }
	if err := judging.Do(t.Context()); err != nil || !slices.Equal(told, []int{46, 56, 66}) {
		t.Errorf("%v, told %v", err, told)
	}
	if len(who.calls) != 6 {
		t.Errorf("the arms were asked %d times", len(who.calls))
	}
	// Another judge judges anew, and neither sees the other's judgements.
	other := judging
	other.Judge.Name = "other"
	if other.Pending() != 6 || judging.Pending() != 0 {
		t.Errorf("%d pending for another judge", other.Pending())
	}
	judging.Attach(outcomes["a"])
	s := Summarise(Dataset{}, queries(3), outcomes["a"])
	if s.Judged != 3 || s.JudgeCalls == 0 || s.Means[MetricFaithfulness] != 0 {
		t.Errorf("got %+v", s)
	}
	if _, ok := s.Means[MetricCitationRecall]; !ok {
		t.Errorf("no citation recall in %v", s.Means)
	}
	if s := Summarise(Dataset{}, queries(3), outcomes["b"]); s.Judged != 0 || s.JudgeCalls != 0 {
		t.Errorf("unjudged: %+v", s)
	}
}
