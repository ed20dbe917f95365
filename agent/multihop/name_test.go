package multihop

import (
	"slices"
	"strings"
	"testing"
)

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
	for sub, want := range map[string]string{
		"the Bubye River": "Bubye River", "Bubye River": "Bubye River",
		"the river Bubye": "", "the country": "", "": "", "the Zambezi": "",
	} {
		got, ok := namedIn("In which country is the Bubye River, the country of rivers?", sub)
		if got != want || ok != (want != "") {
			t.Errorf("%q: got %q, %t", sub, got, ok)
		}
	}
}
