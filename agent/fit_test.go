package agent

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/agent/claim"
	"selfrag/retrieval"
)

// exceededError is the error of a model for a prompt that is too long.
type exceededError struct{}

func (exceededError) Error() string         { return "the prompt is too long" }
func (exceededError) ContextExceeded() bool { return true }

// narrow is a model that refuses prompts longer than most bytes.
type narrow struct {
	prober
	most int
}

func (m narrow) GenerateContent(ctx context.Context, messages []llms.MessageContent, options ...llms.CallOption) (*llms.ContentResponse, error) {
	if len(textOfMessages(messages)) > m.most {
		return nil, fmt.Errorf("chatting: %w", exceededError{})
	}
	return m.prober.GenerateContent(ctx, messages, options...)
}

func (m narrow) NextToken(ctx context.Context, messages []llms.MessageContent) (map[string]float64, int, error) {
	if len(textOfMessages(messages)) > m.most {
		return nil, 0, fmt.Errorf("chatting: %w", exceededError{})
	}
	return m.prober.NextToken(ctx, messages)
}

// longPassages returns passages of the given size that each state one fact
// among filler.
func longPassages(n, bytes int) []retrieval.Passage {
	out := make([]retrieval.Passage, n)
	for i := range out {
		out[i] = retrieval.Passage{
			ID: fmt.Sprint(i), Source: fmt.Sprint(i), Text: fmt.Sprintf("Bridge %c was opened in 190%d. %s", 'A'+i, i, strings.Repeat("x ", bytes/2)),
		}
	}
	return out
}

func narrowSteps(t *testing.T, most int, write func(sent) (string, error), next func(sent) map[string]float64) *Steps {
	t.Helper()
	s, err := NewSteps(narrow{prober{&scripted{write: write, next: next}}, most}, found(nil), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestDraftLeavesOutWhatDoesNotFit(t *testing.T) {
	const question = "When was bridge B opened?"
	passages := longPassages(5, 1000)
	s := narrowSteps(t, 2900, says("Bridge B was opened in 1901 [2]. Bridge E was opened in 1904 [5]."), nil)
	var streamed string
	d, err := s.Draft(t.Context(), DraftInput{Question: question, Reading: whole(passages), OnToken: func(p string) { streamed += p }})
	if err != nil {
		t.Fatal(err)
	}
	if d.Dropped != 3 {
		t.Errorf("dropped %d of five passages of 1000 bytes with room for 2900, not 3", d.Dropped)
	}
	if got := d.Sentences[0].Passages; !slices.Equal(got, []int{1}) {
		t.Errorf("the sentence cites %v, not the second passage", got)
	}
	for _, sentence := range d.Sentences {
		for _, i := range sentence.Passages {
			if i >= 2 {
				t.Errorf("%q cites passage %d, which the model was not shown", sentence.Text, i)
			}
		}
	}
	if strings.Count(streamed, "1901") != 1 {
		t.Errorf("streamed %q", streamed)
	}

	s = narrowSteps(t, 1<<20, says("Bridge B was opened in 1901 [2]."), nil)
	if d, err := s.Draft(t.Context(), DraftInput{Question: question, Reading: whole(passages)}); err != nil || d.Dropped != 0 {
		t.Errorf("with room: dropped %d, %v", d.Dropped, err)
	}
}

func TestOnePassageThatDoesNotFitIsAnError(t *testing.T) {
	s := narrowSteps(t, 500, says("?"), sure("1"))
	passages := longPassages(3, 1000)
	_, draft := s.Draft(t.Context(), DraftInput{Question: "?", Reading: whole(passages)})
	_, synthesis := s.Synthesize(t.Context(), SynthesisInput{Question: "?", Reading: whole(passages)})
	_, step := s.answerStep(t.Context(), stepInput{"?", whole(passages)})
	_, grade := s.GradeRelevance(t.Context(), RelevanceInput{Question: "?", Passages: passages})
	for name, err := range map[string]error{"draft": draft, "synthesize": synthesis, "answer-step": step, "grade-passages": grade} {
		if !errors.As(err, new(exceededError)) {
			t.Errorf("%s: got %v", name, err)
		}
	}
}

func TestGradesOfWhatDoesNotFitAreUnknown(t *testing.T) {
	s := narrowSteps(t, 2900, nil, sure("2"))
	graded, err := s.GradeRelevance(t.Context(), RelevanceInput{Question: "When was bridge B opened?", Passages: longPassages(5, 1000)})
	grades := graded.Grades
	if err != nil || len(grades) != 5 {
		t.Fatalf("got %v, %v", grades, err)
	}
	for i, g := range grades {
		if g.Known != (i < 2) {
			t.Errorf("grade %d is %s; two passages fit", i, g)
		}
	}
	if grades[1].Value < 0.99 || grades[0].Value > 0.01 {
		t.Errorf("got %v, though the model names the second", grades)
	}
}

func TestSynthesisKeepsItsFindings(t *testing.T) {
	passages := longPassages(5, 1000)
	s := narrowSteps(t, 2900, func(p sent) (string, error) {
		if !p.holds("Bridge E was opened in 1904. [5]") {
			return "", fmt.Errorf("the finding is not in the prompt: %s", p)
		}
		return "Bridge E was opened in 1904 [5].", nil
	}, nil)
	d, err := s.Synthesize(t.Context(), SynthesisInput{
		Question: "When was bridge E opened?", Reading: whole(passages), Sentences: []claim.Sentence{{Text: "Bridge E was opened in 1904.", Passages: []int{4}}},
	})
	if err != nil || d.Dropped != 3 || len(d.Sentences) != 1 || !slices.Equal(d.Sentences[0].Passages, []int{4}) {
		t.Errorf("got %+v, %v", d, err)
	}
}

func TestAnswerStepLeavesOutWhatDoesNotFit(t *testing.T) {
	s := narrowSteps(t, 2900, says("1900"), nil)
	if answer, err := s.answerStep(t.Context(), stepInput{"When was bridge A opened?", whole(longPassages(5, 1000))}); err != nil || answer != "1900" {
		t.Errorf("got %q, %v", answer, err)
	}
}

func TestAnswerSaysWhatDidNotFit(t *testing.T) {
	for _, strategy := range []Strategy{TwoStage{}, SelfRAG{}} {
		next := func(p sent) map[string]float64 {
			return map[string]float64{"1": 0.3, "2": 0.3, "3": 0.3, "Yes": 0.9, "One": 0.9}
		}
		m := narrow{prober{&scripted{write: says("Bridge B was opened in 1901 [2]."), next: next}}, 3900}
		a, err := New(m, found(longPassages(5, 1000)), nil, Config{Strategy: strategy, Evidence: failing{}}) // whole passages are read
		if err != nil {
			t.Fatal(err)
		}
		answer, err := a.Answer(t.Context(), Question{Text: "When was bridge B opened?"})
		if err != nil {
			t.Fatal(err)
		}
		if strategy.Name() == "two-stage" != strings.Contains(answer.Degraded, "no room for the last 2 passages") {
			t.Errorf("%s: degraded %q", strategy.Name(), answer.Degraded)
		}
		if answer.Abstained {
			t.Errorf("%s abstained: %s", strategy.Name(), answer.Text)
		}
	}
}

// TestModelWithoutProbabilities checks that a model that only claims to give
// probabilities is graded passage by passage.
func TestModelWithoutProbabilities(t *testing.T) {
	asked := 0
	m := prober{&scripted{
		write: func(p sent) (string, error) {
			if p.holds("Bridge B was") || p.holds("Bridge C was") {
				return `{"grade": "Yes"}`, nil
			}
			return `{"grade": "No"}`, nil
		},
		next: func(sent) map[string]float64 { asked++; return nil },
	}}
	s, err := NewSteps(m, found(nil), nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		grades, err := s.GradeRelevance(t.Context(), RelevanceInput{Question: "When were bridges B and C opened?", Passages: longPassages(4, 100)})
		if err != nil || fmt.Sprint(grades.Grades) != "[0.00 1.00 1.00 0.00]" {
			t.Errorf("got %v, %v", grades, err)
		}
	}
	if asked != 1 {
		t.Errorf("asked for probabilities %d times", asked)
	}
}
