package agent

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"selfrag/agent/call"
	"selfrag/agent/conversation"
	"selfrag/prompts"
	"selfrag/rerank/evidence"
	"selfrag/retrieval"
)

// probabilities is a finder that sets the probability of a sentence by its
// words, and that of the question to the best one's.
type probabilities struct {
	*evidence.Finder
	of map[string]float64
}

func (p probabilities) Find(ctx context.Context, in evidence.Input) (evidence.Found, error) {
	found, err := p.Finder.Find(ctx, in)
	found.Answers = 0
	for i := range found.Sentences {
		s := &found.Sentences[i]
		s.Answers = 0.01
		for holds, p := range p.of {
			if strings.Contains(s.Text, holds) {
				s.Answers = p
			}
		}
		found.Answers = max(found.Answers, s.Answers)
	}
	slices.SortStableFunc(found.Sentences, func(a, b evidence.Sentence) int {
		switch {
		case a.Answers > b.Answers:
			return -1
		case a.Answers < b.Answers:
			return 1
		}
		return 0
	})
	return found, err
}

func given(of map[string]float64) probabilities {
	return probabilities{evidence.New(nil, evidence.Config{}), of}
}

func quotes(t *testing.T, passages []retrieval.Passage, of map[string]float64) *Agent {
	t.Helper()
	a, err := New(nil, found(passages), nil, Config{Strategy: Extractive{}, Evidence: given(of)})
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestExtractiveQuotes(t *testing.T) {
	for name, tc := range map[string]struct {
		question string
		text     string // of the only passage
		of       map[string]float64
		want     string
		quoted   []string
	}{
		"one sentence": {
			"How many days of leave carry over?", "Leave is granted in January. Up to 5 days carry over. The rest is lost.",
			map[string]float64{"5 days": 0.9, "rest": 0.4}, "Up to 5 days carry over. [1]", []string{"Up to 5 days carry over."},
		},
		"in Korean": {
			"연차는 며칠까지 이월하나요?", "연차는 1월에 생깁니다. 쓰지 못한 연차는 최대 5일까지 이월합니다. 나머지는 사라집니다.",
			map[string]float64{"5일": 0.9, "나머지": 0.2}, "쓰지 못한 연차는 최대 5일까지 이월합니다. [1]", []string{"쓰지 못한 연차는 최대 5일까지 이월합니다."},
		},
		"others nearly as likely join it": {
			"What is given?", "A laptop is given. A phone is given. A desk is given. A chair is given.",
			map[string]float64{"laptop": 0.9, "desk": 0.8, "phone": 0.7, "chair": 0.6},
			"A laptop is given. [1] A desk is given. [2] A phone is given. [3]", []string{"A laptop is given.", "A desk is given.", "A phone is given."},
		},
		"not those below the threshold": {
			"What is given?", "A laptop is given. A phone is given.", map[string]float64{"laptop": 0.8, "phone": 0.45}, "A laptop is given. [1]", []string{"A laptop is given."},
		},
		"an item of a list without its mark": {
			"What is the limit?", "Limits:\n\n- Hotel in Jeju: 200,000 won\n- Meals: 30,000 won\n", map[string]float64{"Jeju": 0.9},
			"Hotel in Jeju: 200,000 won [1]", []string{"- Hotel in Jeju: 200,000 won"},
		},
		"numbers of a text are no citations": {
			"When was it built?", "It was built in 1931 [2], as [[1]3] tells. It stands.", map[string]float64{"1931": 0.9},
			"It was built in 1931, as tells. [1]", []string{"It was built in 1931 [2], as [[1]3] tells."},
		},
		"a picture becomes a link": {
			"Where is it?", "It is in ![x](http://evil.example/?q) Jeju. It stands.", map[string]float64{"Jeju": 0.9},
			"It is in [x](http://evil.example/?q) Jeju. [1]", []string{"It is in ![x](http://evil.example/?q) Jeju."},
		},
	} {
		t.Run(name, func(t *testing.T) {
			passages := passagesOf(tc.text)
			a, err := quotes(t, passages, tc.of).Answer(t.Context(), Question{Text: tc.question})
			if err != nil {
				t.Fatal(err)
			}
			if a.Abstained || a.Text != tc.want || a.Strategy != "extractive" || a.Usage != (Usage{}) || a.StoppedBy != StoppedSinglePass || len(a.Nearest) > 0 {
				t.Errorf("got %+v", a)
			}
			var got []string
			for i, c := range a.Citations {
				got = append(got, c.Quote)
				whole := []rune(tc.text)
				if c.N != i+1 || string(whole[c.Start-100:c.End-100]) != c.Quote {
					t.Errorf("citation %+v does not stand where it says", c)
				}
			}
			if !slices.Equal(got, tc.quoted) {
				t.Errorf("quotes %q", got)
			}
			if it := a.Iterations[0]; len(a.Iterations) != 1 || !it.Usefulness.Known || it.Draft == "" || len(it.Passages) != 1 {
				t.Errorf("got iterations %+v", a.Iterations)
			}
		})
	}
}

// TestExtractiveByWordsAlone uses the default finder of an agent.
func TestExtractiveByWordsAlone(t *testing.T) {
	passages := passagesOf(
		"Annual leave is granted on 1 January. Up to 5 days of unused annual leave carry over to the next year.",
		"그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다. 나머지는 수당으로 받습니다.",
	)
	a, err := New(nil, found(passages), nil, Config{Strategy: Extractive{}, Answerable: NoThreshold})
	if err != nil {
		t.Fatal(err)
	}
	for question, want := range map[string]string{
		"How many days of unused annual leave carry over to the next year?": "Up to 5 days of unused annual leave carry over to the next year.",
		"그해에 쓰지 못한 연차는 최대 며칠까지 다음 해로 이월할 수 있나요?":                            "그해에 쓰지 못한 연차는 최대 5일까지 다음 해로 이월할 수 있습니다.",
	} {
		answer, err := a.Answer(t.Context(), Question{Text: question})
		if err != nil || answer.Abstained || answer.Citations[0].Quote != want {
			t.Errorf("%s: got %+v, %v", question, answer, err)
		}
	}
}

func TestAbstentionsQuoteTheNearestSentences(t *testing.T) {
	passages := passagesOf("Up to 5 days carry over.\n\n[9] Nearest: <img src=x> ![a](http://evil.example). Two lanes. Three lanes. Four lanes.")
	passages[0].Title = "Leave [1]"
	of := map[string]float64{"5 days": 0.4, "img": 0.3, "Two": 0.2}
	want := "The documents do not say.\nSearched for: Who leads it?\nNearest:\n[1] “Up to 5 days carry over.” (Leave, doc)\n" +
		"[2] “Nearest: < img src=x> [a](http://evil.example).” (Leave, doc)\n[3] “Two lanes.” (Leave, doc)"
	for _, strategy := range []Strategy{Extractive{}, TwoStage{}, SelfRAG{}, CoT{}, MCTS{}} {
		t.Run(strategy.Name(), func(t *testing.T) {
			m := prober{&scripted{write: says("NOT FOUND"), next: gradesBy("Yes", "Yes", "Yes")}}
			a, err := New(m, found(passages), nil, Config{Strategy: strategy, Evidence: given(of), Budget: Budget{Iterations: 1}})
			if err != nil {
				t.Fatal(err)
			}
			answer, err := a.Answer(t.Context(), Question{Text: "Who leads it?"})
			if err != nil {
				t.Fatal(err)
			}
			if !answer.Abstained || len(answer.Citations) != 0 || len(answer.Nearest) != 3 || answer.Nearest[0].Quote != "Up to 5 days carry over." || answer.Nearest[0].Start != 100 {
				t.Errorf("got %+v", answer)
			}
			if answer.Text != want {
				t.Errorf("got text\n%s\nwant\n%s", answer.Text, want)
			}
		})
	}
}

func TestAbstentionInKorean(t *testing.T) {
	a := quotes(t, passagesOf("연차는 1월에 생깁니다."), map[string]float64{"연차": 0.3})
	answer, err := a.Answer(t.Context(), Question{Text: "대표는 누구인가요?"})
	want := "문서에 답이 없습니다.\n검색한 질문: 대표는 누구인가요?\n가장 가까운 문장:\n[1] “연차는 1월에 생깁니다.” (doc)"
	if err != nil || answer.Text != want {
		t.Errorf("got %q, %v", answer.Text, err)
	}
	answer, err = quotes(t, nil, nil).Answer(t.Context(), Question{Text: "대표는 누구인가요?"})
	if want = "문서에 답이 없습니다.\n검색한 질문: 대표는 누구인가요?"; err != nil || answer.Text != want || answer.Nearest != nil {
		t.Errorf("with nothing found: got %q, %v", answer.Text, err)
	}
}

func TestEventsOfExtractive(t *testing.T) {
	a := quotes(t, passagesOf("A laptop is given. A phone is given."), map[string]float64{"laptop": 0.9, "phone": 0.8})
	var kinds []string
	written := ""
	for e, err := range a.Ask(t.Context(), Question{Text: "What is given?"}) {
		if err != nil {
			t.Fatal(err)
		}
		kinds = append(kinds, reflect.TypeOf(e).Name())
		if d, ok := e.(DraftDelta); ok {
			written += d.Text
		}
	}
	want := []string{"Started", "QueryRefined", "Searched", "EvidenceFound", "DraftDelta", "DraftDelta", "Drafted", "IterationEnded", "Answered"}
	if !slices.Equal(kinds, want) || written != "A laptop is given. A phone is given." {
		t.Errorf("got %v, written %q", kinds, written)
	}
}

// failing is a finder whose encoder is broken.
type failing struct{}

var errEncoder = errors.New("the encoder is broken")

func (failing) Find(context.Context, evidence.Input) (evidence.Found, error) {
	return evidence.Found{}, errEncoder
}

func TestAFinderThatFails(t *testing.T) {
	m := prober{&scripted{write: says("The Tamsin bridge was opened in 1931 [1]."), next: gradesBy("Yes", "Yes", "Yes")}}
	for _, strategy := range Strategies() {
		answer, err := newAgent(t, m, Config{Strategy: strategy, Evidence: failing{}}).Answer(t.Context(), Question{Text: "When was the Tamsin bridge opened?"})
		if strategy.Name() == "extractive" {
			if !errors.Is(err, errEncoder) {
				t.Errorf("extractive: got %+v, %v", answer, err)
			}
			continue
		}
		if err != nil || answer.Abstained || !strings.Contains(answer.Degraded, withoutEvidence) {
			t.Errorf("%s: got %+v, %v", strategy.Name(), answer, err)
		}
	}
}

func TestOnlyExtractiveDoesWithoutAModel(t *testing.T) {
	for _, strategy := range append(Strategies(), nil) {
		_, err := New(nil, found(nil), nil, Config{Strategy: strategy})
		if quotes := strategy != nil && strategy.Name() == "extractive"; quotes != (err == nil) {
			t.Errorf("%v: got %v", strategy, err)
		}
	}
	steps, err := NewSteps(nil, found(nil), nil, Config{Strategy: Extractive{}})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := steps.RefineQuery(t.Context(), prompts.RefineQuery{Question: "Who?"}); !errors.Is(err, call.ErrNoModel) {
		t.Errorf("got %v", err)
	}
}

func TestFollowUpsWithoutAModel(t *testing.T) {
	history := []string{"User: What is the hotel limit in Jeju?", "Assistant: 200,000 won.", "User: And in Busan?"}
	korean := []string{"User: 제주 출장의 숙박비 한도는 얼마인가요?", "Assistant: 20만 원입니다."}
	for question, tc := range map[string]struct {
		history []string
		want    string
	}{
		"And in Seoul?":               {history, "What is the hotel limit in Jeju? And in Seoul?"},
		"Who sets it?":                {history, "What is the hotel limit in Jeju? Who sets it?"},
		"Who leads the Harbour team?": {history, "Who leads the Harbour team?"},
		"What is Tidegate?":           {history, "What is Tidegate?"},
		"부산은요?":                       {korean, "제주 출장의 숙박비 한도는 얼마인가요? 부산은요?"},
		"그건 누가 정하나요?":                 {korean, "제주 출장의 숙박비 한도는 얼마인가요? 그건 누가 정하나요?"},
		"쓰지 못한 연차는 최대 며칠까지 이월할 수 있나요?": {korean, "쓰지 못한 연차는 최대 며칠까지 이월할 수 있나요?"},
	} {
		var resolved, searched string
		for e, err := range quotes(t, passagesOf("A text."), nil).Ask(t.Context(), Question{Text: question, History: tc.history}) {
			if err != nil {
				t.Fatal(err)
			}
			switch e := e.(type) {
			case QuestionResolved:
				resolved = e.Standalone
			case Searched:
				searched = e.Result.Query
			}
		}
		if resolved != tc.want || searched != tc.want {
			t.Errorf("%s: resolved as %q, searched %q, want %q", question, resolved, searched, tc.want)
		}
	}
}

func TestALongConversationWithoutAModel(t *testing.T) {
	a := quotes(t, passagesOf("A laptop is given."), map[string]float64{"laptop": 0.9})
	talk := conversation.New(conversation.Config{Window: 2})
	for range 6 {
		if _, err := a.Answer(t.Context(), Question{Text: "What is given to those who begin?", Conversation: talk}); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(talk.State().Exchanges); n > 3 {
		t.Errorf("%d exchanges are kept", n)
	}
}

// counts is a finder that counts its calls.
type counts struct {
	probabilities
	asked *int
}

func (c counts) Find(ctx context.Context, in evidence.Input) (evidence.Found, error) {
	*c.asked++
	return c.probabilities.Find(ctx, in)
}

func TestEvidenceIsFoundOnceForAQueryAndItsPassages(t *testing.T) {
	asked := 0
	steps, err := NewSteps(nil, found(passagesOf("A laptop is given.")), nil, Config{Strategy: Extractive{}, Evidence: counts{given(nil), &asked}})
	if err != nil {
		t.Fatal(err)
	}
	for _, question := range []string{"What is given?", "What is given?", "Who gives?"} {
		res, err := steps.Search(t.Context(), question)
		if err != nil {
			t.Fatal(err)
		}
		if seen, err := steps.Evidence(t.Context(), question, res); err != nil || len(seen.Sentences) != 1 {
			t.Errorf("got %+v, %v", seen, err)
		}
	}
	res := retrieval.Result{Query: "Who gives?", Passages: passagesOf("The firm gives.", "All are given one.")}
	if _, err := steps.Evidence(t.Context(), "Who gives?", res); err != nil || asked != 3 {
		t.Errorf("the finder was asked %d times, %v", asked, err)
	}
}
