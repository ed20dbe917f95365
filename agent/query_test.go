package agent

import (
	"context"
	"strings"
	"testing"

	"selfrag/prompts"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

// bilingual finds Korean passages for Korean queries and English ones for
// English queries. The others are among its candidates.
type bilingual struct{ en, ko []retrieval.Passage }

func (b bilingual) Search(ctx context.Context, query string) (retrieval.Result, error) {
	r := retrieval.Result{Query: query, Passages: b.en, Rest: b.ko}
	if text.Language(query) == "ko" {
		r.Passages, r.Rest = b.ko, b.en
	}
	return r, ctx.Err()
}

func shelves() bilingual {
	all := passagesOf("The office opens at nine.", "Rooms are booked on paper.", "추천한 사람이 석 달을 일하면 보너스는 150만 원입니다.", "휴가는 15일입니다.", "식당은 2층에 있습니다.")
	return bilingual{all[:2], all[2:]}
}

// referralModel knows the bonus if it is shown the Korean passage.
func referralModel(translation string) prober {
	return prober{&scripted{
		write: func(p sent) (string, error) {
			switch {
			case p.is(prompts.NameTranslateQuery):
				return translation, nil
			case p.is(prompts.NameRefineQuery):
				return "What is paid for a referral?", nil
			case p.holds("1,500,000"): // 150만 written out
				return "The referral bonus is KRW 1,500,000 [1].", nil
			}
			return "NOT FOUND", nil
		},
		next: func(p sent) map[string]float64 {
			if p.is(prompts.NameGradePassages) {
				return map[string]float64{"1": 0.3, "2": 0.3, "3": 0.3, "0": 0.1}
			}
			return gradesBy("Yes", "Yes", "Yes")(p)
		},
	}}
}

func TestTheOtherLanguageIsSearched(t *testing.T) {
	const question = "How large is the referral bonus?"
	one := shelves()
	one.ko = nil
	for name, tc := range map[string]struct {
		shelves     bilingual
		translation string
		asked       string
		answered    bool
	}{
		"documents in both languages":  {shelves(), "추천 보너스는 얼마인가요?\nThat is the question.", "추천 보너스는 얼마인가요?", true},
		"none in the other":            {one, "추천 보너스는 얼마인가요?", "추천 보너스는 얼마인가요?", false},
		"the model does not translate": {shelves(), question, "", false}, // other words promise nothing
		"the model writes nothing":     {shelves(), "", "", false},
	} {
		t.Run(name, func(t *testing.T) {
			a, err := New(referralModel(tc.translation), tc.shelves, nil, Config{})
			if err != nil {
				t.Fatal(err)
			}
			answer, err := a.Answer(t.Context(), Question{Text: question})
			if err != nil {
				t.Fatal(err)
			}
			if answer.Abstained == tc.answered || (len(answer.Iterations) > 1) != (tc.asked != "") || tc.asked != "" && answer.Iterations[1].Subquery != tc.asked {
				t.Errorf("got %+v", answer)
			}
			if tc.answered && (answer.Text != "The referral bonus is KRW 1,500,000. [1]" || !strings.Contains(answer.Citations[0].Quote, "150만 원")) {
				t.Errorf("got %q with %+v", answer.Text, answer.Citations)
			}
		})
	}
}

// Passages that a translated query finds in the question's own language do not
// outrank those that the question found.
func TestATranslationFindsByItsLanguage(t *testing.T) {
	s := shelves()
	noise := passage("", "Lorem ipsum dolor sit amet.")
	noise.Score = 9
	s.ko = append([]retrieval.Passage{noise}, s.ko...)
	a, err := New(referralModel("추천 보너스는 얼마인가요?"), chosenOnly{s}, nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	answer, err := a.Answer(t.Context(), Question{Text: "How large is the referral bonus?"})
	if err != nil || answer.Abstained {
		t.Fatalf("got %+v, %v", answer, err)
	}
	for _, p := range answer.Ranking {
		if p.ID == noise.ID {
			t.Errorf("it ranks %q", p.Text)
		}
	}
}

// chosenOnly has no candidates besides the found passages.
type chosenOnly struct{ bilingual }

func (c chosenOnly) Search(ctx context.Context, query string) (retrieval.Result, error) {
	r, err := c.bilingual.Search(ctx, query)
	r.Rest = nil
	return r, err
}

// A question that its first search answers is not translated.
func TestTranslationIsForWantOfEvidence(t *testing.T) {
	s := shelves()
	s.en = append(s.en, passagesOf("", "", "The referral bonus is KRW 1,500,000, or 150만 원.")[2:]...)
	m := referralModel("추천 보너스는 얼마인가요?")
	write := m.write
	m.write = func(p sent) (string, error) {
		if p.is(prompts.NameTranslateQuery) {
			t.Error("it was translated")
		}
		text, err := write(p)
		return strings.Replace(text, "[1]", "[3]", 1), err
	}
	a, err := New(m, s, nil, Config{})
	if err != nil {
		t.Fatal(err)
	}
	if answer, err := a.Answer(t.Context(), Question{Text: "How large is the referral bonus?"}); err != nil || answer.Abstained || len(answer.Iterations) != 1 {
		t.Errorf("got %+v, %v", answer, err)
	}
}

func TestNumbersOfTheOtherLanguageAreWrittenOut(t *testing.T) {
	for _, tc := range []struct{ question, text, want string }{
		{"How large is it?", "보너스는 150만 원, 예산은 2억 원입니다. 15일 안에 냅니다.", "보너스는 1,500,000 원, 예산은 200,000,000 원입니다. 15일 안에 냅니다."},
		{"얼마인가요?", "보너스는 150만 원입니다.", "보너스는 150만 원입니다."},
		{"How large is it?", "The bonus is 1.5 million won.", "The bonus is 1.5 million won."},
		{"How many?", "3.5만 명이 삽니다.", "35,000 명이 삽니다."},
	} {
		if got := writtenOut(tc.question, tc.text); got != tc.want {
			t.Errorf("%q for %q: got %q", tc.text, tc.question, got)
		}
	}
}
