package judge_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"selfrag/agent"
	"selfrag/agent/call"
	"selfrag/eval/judge"
	"selfrag/prompts"
	"selfrag/retrieval/text"
)

// model writes and grades what a test decides, for the real prompts.
type model struct {
	writes string
	grade  func(prompts.Prompt) (agent.Grade, error)
	how    *[]call.Sampling // of the calls so far
}

func (m model) Render(name, of string, values any) (prompts.Prompt, error) {
	set, err := prompts.New(nil)
	if err != nil {
		return prompts.Prompt{}, err
	}
	return set.Render(name, text.Language(of), values)
}

func (m model) Write(_ context.Context, p prompts.Prompt, how call.Sampling) (string, error) {
	if m.how != nil {
		*m.how = append(*m.how, how)
	}
	return m.writes, nil
}

func (m model) Grade(_ context.Context, p prompts.Prompt) (agent.Grade, error) { return m.grade(p) }

func TestStatementsAreReadLineByLine(t *testing.T) {
	var many, twelve []string
	for i := range 20 {
		many = append(many, fmt.Sprintf("Lane %d is open.", i))
	}
	twelve = many[:12]
	for _, tc := range []struct {
		name, written string
		want          []string
	}{
		{"a list", "- The bridge is in Tamsin.\n2. It was opened in 1931.\n", []string{"The bridge is in Tamsin.", "It was opened in 1931."}},
		{"Korean", "1. 다리는 탐신에 있다.\n\n- 1931년에 열렸다.", []string{"다리는 탐신에 있다.", "1931년에 열렸다."}},
		{"repeats and blanks", "It is open.\n---\n\nit is open\n", []string{"It is open."}},
		{"nothing", "", nil},
		{"no end", strings.Join(many, "\n"), twelve},
	} {
		got, err := judge.Judge{Model: model{writes: tc.written}}.Statements(t.Context(), "What of the bridge?", "It is open.")
		if err != nil || !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, %v; want %q", tc.name, got, err, tc.want)
		}
	}
}

// TestQuestionsDiffer asks for three questions: the first is greedy, the others
// are sampled with different seeds.
func TestQuestionsDiffer(t *testing.T) {
	var how []call.Sampling
	j := judge.Judge{Model: model{writes: "“다리는 언제 열렸나요?”\n이유는…", how: &how}, Seed: 7}
	for variant := range 3 {
		question, err := j.QuestionFor(t.Context(), "다리는 1931년에 열렸다.", variant)
		if err != nil || question != "다리는 언제 열렸나요?" {
			t.Errorf("got %q, %v", question, err)
		}
	}
	if how[0].Temperature != 0 || how[1].Temperature == 0 || how[2].Temperature == 0 || how[1].Seed != 8 || how[2].Seed != 9 {
		t.Errorf("sampled as %+v", how)
	}
}

// tooLongError is the error for a prompt that does not fit the model's context.
type tooLongError struct{}

func (tooLongError) Error() string         { return "the prompt is too long" }
func (tooLongError) ContextExceeded() bool { return true }

func TestStatementsAreGradedByTheTextsThatFit(t *testing.T) {
	broken := errors.New("the judge is gone")
	for _, tc := range []struct {
		name  string
		texts []string
		fits  int // number of texts that fit the prompt
		err   error
		want  agent.Grade
	}{
		{"no texts", nil, 0, broken, agent.Known(0)},
		{"all fit", []string{"one", "two", "three"}, 3, nil, agent.Known(0.75)},
		{"one fits", []string{"one", "two", "three"}, 1, nil, agent.Known(0.75)},
		{"the model fails", []string{"one"}, 1, broken, agent.Grade{}},
	} {
		read := 0
		m := model{grade: func(p prompts.Prompt) (agent.Grade, error) {
			last := p.Messages[len(p.Messages)-1].Text
			read = 0
			for _, one := range tc.texts {
				if strings.Contains(last, one) {
					read++
				}
			}
			if read > tc.fits {
				return agent.Grade{}, tooLongError{}
			}
			return agent.Known(0.75), tc.err
		}}
		got, err := judge.Judge{Model: m}.GradeStatement(t.Context(), tc.texts, "It is blue.")
		if len(tc.texts) > 0 && !errors.Is(err, tc.err) || got != tc.want && err == nil || read != tc.fits {
			t.Errorf("%s: got %v, %v after reading %d texts", tc.name, got, err, read)
		}
	}
}

func TestEvadesIsTheGradeOfItsPrompt(t *testing.T) {
	for answer, language := range map[string]string{"Nobody can say.": "en", "아무도 모른다.": "ko"} {
		m := model{grade: func(p prompts.Prompt) (agent.Grade, error) {
			if p.Name != prompts.NameEvades || p.Language != language {
				return agent.Grade{}, fmt.Errorf("asked by %s in %s", p.Name, p.Language)
			}
			return agent.Known(0.9), nil
		}}
		if got, err := (judge.Judge{Model: m}).Evades(t.Context(), answer); err != nil || got != agent.Known(0.9) {
			t.Errorf("%s: got %v, %v", answer, got, err)
		}
	}
}
