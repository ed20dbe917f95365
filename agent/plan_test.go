package agent

import (
	"slices"
	"strings"
	"testing"
)

func TestParsePlan(t *testing.T) {
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
		if got := parsePlan(tc.text, question); !slices.Equal(got, tc.want) {
			t.Errorf("%s: got %q, want %q", tc.name, got, tc.want)
		}
	}
}

func FuzzParsePlan(f *testing.F) {
	f.Add("A = the town where Ana Ruiz was born\nB = the river that flows through A")
	f.Add("1. #1\n2) #99\n3: A")
	f.Add("A = #0\nB = 가A나")
	f.Fuzz(func(t *testing.T, text string) {
		plan := parsePlan(text, "question")
		if len(plan) == 0 || len(plan) > maxLookups {
			t.Fatalf("%d look-ups", len(plan))
		}
		for i, lookup := range plan {
			if !refersBack(lookup, i) && lookup != "question" {
				t.Errorf("look-up %d of %q refers to one that is not before it", i+1, plan)
			}
			if strings.TrimSpace(lookup) == "" {
				t.Errorf("look-up %d is empty", i+1)
			}
			_ = fill(lookup, map[int]string{1: "x"})
		}
	})
}

func TestFill(t *testing.T) {
	got := fill("the mayor of #1 when #2 opened, not #3", map[int]string{1: "Tamsin", 2: "the bridge"})
	if got != "the mayor of Tamsin when the bridge opened, not #3" {
		t.Errorf("got %q", got)
	}
}

func TestNamesOf(t *testing.T) {
	for _, tc := range []struct {
		name, title, text, question string
		want                        []string
	}{
		{"capitalised runs", "Tamsin bridge (Tamsin)", "The bridge was opened by Ana Ruiz of the Bank of the North in Norvale. It has two lanes.", "Who opened it?",
			[]string{"Tamsin bridge", "Ana Ruiz of the Bank of the North", "Norvale"}},
		{"names of the question lead nowhere", "Ana Ruiz", "Ana Ruiz lives in Norvale near Larkspur Hill.", "Where does Ana Ruiz live?", []string{"Ana Ruiz", "Norvale", "Larkspur Hill"}},
		{"quoted", "Songs", "She sang “Paper Moons” there.", "q", []string{"Songs", "Paper Moons"}},
		{"Korean", "조직도", "하버팀은 부산 지사에서 일하고 팀장은 김보라입니다.", "질문", []string{"조직도", "하버팀", "지사"}},
	} {
		got := namesOf(passage(tc.title, tc.text), tc.question, 4)
		for _, w := range tc.want {
			if !slices.Contains(got, w) {
				t.Errorf("%s: got %q, want %q among them", tc.name, got, w)
			}
		}
	}
	if got := namesOf(passage("T", strings.Repeat("Ana Ruiz. Bea Soto. Cid Vale. ", 50)), "q", 2); len(got) != 2 {
		t.Errorf("got %d names, want 2 at most", len(got))
	}
}

func TestNamedIn(t *testing.T) {
	for lookup, want := range map[string]string{
		"the Bubye River": "Bubye River", "Bubye River": "Bubye River",
		"the river Bubye": "", "the country": "", "": "", "the Zambezi": "",
	} {
		got, ok := namedIn("In which country is the Bubye River, the country of rivers?", lookup)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t", lookup, got, ok)
		}
	}
}
