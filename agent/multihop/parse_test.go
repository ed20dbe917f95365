package multihop

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	const question = "Which river flows through the town where Ana Ruiz was born?"
	for _, tc := range []struct {
		name, text string
		want       Plan
	}{
		{"letters", "A = the town where Ana Ruiz was born\nB = the river that flows through A", Plan{"the town where Ana Ruiz was born", "the river that flows through #1"}},
		{"numbers", "1. Where was Ana Ruiz born?\n2. Which river flows through #1?", Plan{"Where was Ana Ruiz born?", "Which river flows through #1?"}},
		{"possessives and punctuation", "A = the firm\nB = A's founder\nC = where (B) lives, near A.", Plan{"the firm", "#1's founder", "where (#2) lives, near #1."}},
		{"Korean particles follow a letter", "A = 아나 루이스가 태어난 도시\nB = A를 흐르는 강", Plan{"아나 루이스가 태어난 도시", "#1를 흐르는 강"}},
		{"a name that begins with a letter", "A = the town\nB = Ana and A", Plan{"the town", "Ana and #1"}},
		{"an article at the beginning", "A = the firm\nB = A person who led A", Plan{"the firm", "A person who led #1"}},
		{"a line of nothing but a wide space", "A = the firm\nB = \u3000\nC = the lead of A", Plan{"the firm", "the lead of #1"}},
		{"one line is the question", "A = the river", Plan{question}},
		{"no line", "I would first look up the town.", Plan{question}},
		{"empty", "", Plan{question}},
		{"a reference to a later line", "1. Who led #2?\n2. Which firm is it?", Plan{question}},
		{"a reference to itself", "1. Which firm?\n2. Who led #2?", Plan{question}},
		{"a repeated line ends it", "A = the firm\nB = the lead of A\nC = the firm", Plan{"the firm", "the lead of #1"}},
		{"too many lines", "1. a b\n2. b #1\n3. c #2\n4. d #3\n5. e #4", Plan{"a b", "b #1", "c #2", "d #3"}},
		{"text between the lines", "Here:\nA = the firm\n\nso\nB = the lead of A\nDone.", Plan{"the firm", "the lead of #1"}},
		{"half a question is asked in full", "A = the town where Ana Ruiz was born\nB = flows through A?", Plan{"the town where Ana Ruiz was born", "Which river flows through #1?"}},
		{"a question about words of its own", "A = Ana's town\nB = What flows through A?", Plan{"Ana's town", "What flows through #1?"}},
	} {
		if got := Parse(tc.text, question); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("A = the town where Ana Ruiz was born\nB = the river that flows through A")
	f.Add("1. #1\n2) #99\n3: A")
	f.Add("A = #0\nB = 가A나")
	f.Add("1) a\n2) \u00a0")
	f.Fuzz(func(t *testing.T, text string) {
		plan := Parse(text, "question")
		if len(plan) == 0 || len(plan) > MaxSubQuestions {
			t.Fatalf("%d sub-questions", len(plan))
		}
		for i, sub := range plan {
			if !refersBack(sub, i) && sub != "question" {
				t.Errorf("sub-question %d of %q refers to one that is not before it", i+1, plan)
			}
			if strings.TrimSpace(sub) == "" {
				t.Errorf("sub-question %d is empty", i+1)
			}
			_ = Fill(sub, map[int]string{1: "x"})
		}
		for _, line := range plan.Lettered() {
			if len(plan) > 1 && !planLine.MatchString(line) {
				t.Errorf("%q is no line of a plan", line)
			}
		}
	})
}
