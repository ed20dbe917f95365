package agent

import (
	"context"
	"strings"
	"testing"

	"github.com/tmc/langchaingo/llms"

	"selfrag/prompts"
)

// ofSize is a model that reports its number of parameters.
type ofSize struct {
	prober
	parameters float64
}

func (m ofSize) Parameters(context.Context) (float64, error) { return m.parameters, nil }

const (
	aGuide = "## Requests\n\nAsk for leave in the time system:\n\n1. Choose the days.\n2. Send the request [7].\n\nThe lead answers within a day."
	howTo  = "How do I ask for leave?"
)

// TestSectionsAreTheAnswer asks how, why and what the steps are. Without a model
// and with a small one, the whole section is the answer and costs no call. A
// larger model, or one that is told to read passages, writes a draft.
func TestSectionsAreTheAnswer(t *testing.T) {
	const (
		quoted = "The documents say:\n\ndoc > Requests:\nAsk for leave in the time system:\n1. Choose the days.\n2. Send the request.\n\nThe lead answers within a day. [1]"
		draft  = "within a day [1]"
	)
	small, large := 1.5e9, 8e9
	for name, tc := range map[string]struct {
		question string
		size     float64
		cfg      Config
		want     string
	}{
		"small":                        {howTo, small, Config{}, quoted},
		"small, by plan":               {howTo, small, Config{Strategy: CoT{}}, quoted},
		"small, by tree search":        {howTo, small, Config{Strategy: MCTS{}}, quoted},
		"small, chosen":                {howTo, small, Config{Strategy: Auto{}}, quoted},
		"without a model":              {howTo, 0, Config{Strategy: Extractive{}}, quoted},
		"small, one draft":             {howTo, small, Config{Strategy: TwoStage{}}, draft},
		"large":                        {howTo, large, Config{}, draft},
		"small, but to read passages":  {howTo, small, Config{Context: ContextPassages}, draft},
		"small, without the heuristic": {howTo, small, Config{WithoutHeuristics: []Heuristic{HeuristicSections}}, draft},
		"a fact":                       {"When does the lead answer a request for leave?", small, Config{Context: ContextEvidence}, draft},
	} {
		t.Run(name, func(t *testing.T) {
			passages := passagesOf(aGuide)
			passages[0].Metadata = map[string]any{"heading": "Requests"}
			scripted := &scripted{write: func(p sent) (string, error) {
				if p.is(prompts.NameAnswerStep) {
					return "within a day", nil
				}
				return "The lead answers within a day [1].", nil
			}, next: gradesBy("Yes", "Yes", "Yes")}
			var model llms.Model
			if tc.size > 0 {
				model = ofSize{prober{scripted}, tc.size}
			}
			tc.cfg.Evidence = seeing{answers: 0.6, onePlace: 0.9}
			a, err := New(model, found(passages), nil, tc.cfg)
			if err != nil {
				t.Fatal(err)
			}
			got, err := a.Answer(t.Context(), Question{Text: tc.question})
			if err != nil || got.Abstained || !strings.HasSuffix(got.Text, tc.want) {
				t.Fatalf("got %q, %v; want %q", got.Text, err, tc.want)
			}
			if isQuoted := tc.want == quoted; got.Quoted != isQuoted || (got.Usage.Calls == 0) != isQuoted {
				t.Errorf("quoted: %v, %d calls", got.Quoted, got.Usage.Calls)
			}
			for _, c := range got.Citations {
				if string([]rune(aGuide)[c.Start-100:c.End-100]) != c.Quote {
					t.Errorf("citation %+v does not stand where it says", c)
				}
			}
			if it := got.Iterations[0]; it.Draft == "" || len(it.Passages) == 0 {
				t.Errorf("the round is recorded as %+v", it)
			}
		})
	}
}

// TestSectionsNeedEvidence asks for what the documents likely do not say.
func TestSectionsNeedEvidence(t *testing.T) {
	m := &scripted{write: says("NOT FOUND"), next: gradesBy("Yes", "Yes", "Yes")}
	for name, tc := range map[string]struct {
		model llms.Model
		cfg   Config
	}{
		"small":           {ofSize{prober{m}, 1.5e9}, Config{}},
		"without a model": {nil, Config{Strategy: Extractive{}}},
	} {
		tc.cfg.Evidence = seeing{answers: leastSections - 0.01, onePlace: 0.9}
		a, err := New(tc.model, found(passagesOf(aGuide)), nil, tc.cfg)
		if err != nil {
			t.Fatal(err)
		}
		got, err := a.Answer(t.Context(), Question{Text: howTo})
		if err != nil || !got.Abstained || got.Quoted || len(got.Citations) > 0 || len(got.Nearest) == 0 {
			t.Errorf("%s: got %+v, %v", name, got, err)
		}
	}
}
