package questions

import (
	"context"
	"flag"
	"fmt"
	"strings"
	"testing"

	"selfrag/internal/goldentest"
	"selfrag/retrieval"
)

var update = flag.Bool("update", false, "write the goldens anew")

// TestQuestionsOfSentences shows for each line that begins with "> " the
// questions that code makes of it, with their answers. The lines of one file
// are the text of one document, and "title" names it. A block of lines that
// follows "| " is a table.
func TestQuestionsOfSentences(t *testing.T) {
	goldentest.Texts(t, *update, func(t *testing.T, content string) string {
		var text, inputs []string
		title := ""
		for line := range strings.Lines(content) {
			line = strings.TrimRight(line, "\n")
			switch {
			case strings.HasPrefix(line, "title "):
				title = strings.TrimPrefix(line, "title ")
			case strings.HasPrefix(line, "> |"):
				text = append(text, line[2:]+"\n")
				inputs = append(inputs, line)
			case strings.HasPrefix(line, "> "):
				text = append(text, "\n"+line[2:]+"\n")
				inputs = append(inputs, line)
			}
		}
		c := corpusOf(t, retrieval.Passage{ID: "1", Source: "a.md", Title: title, Text: strings.Join(text, "")})
		made := map[string][]string{}
		for _, k := range c.candidates(0, false) {
			made[k.sentence.Text] = append(made[k.sentence.Text], fmt.Sprintf("  %s = %s", k.ask(), k.answer))
		}
		out := "title " + title + "\n"
		for _, in := range inputs {
			out += in + "\n"
			for _, q := range made[strings.TrimSpace(in[2:])] {
				out += q + "\n"
			}
		}
		return out
	})
}

func corpusOf(t testing.TB, passages ...retrieval.Passage) *Corpus {
	t.Helper()
	for i := range passages {
		passages[i].End = passages[i].Start + len([]rune(passages[i].Text))
	}
	c, err := NewCorpus(context.Background(), passages, func(p retrieval.Passage) string { return p.Source })
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestLinesAreMended(t *testing.T) {
	c := corpusOf(t, retrieval.Passage{ID: "1", Source: "a", Text: "온라인 시장의 규모가 커졌다. 전체 시장의 비중 은 낮다. 온라인 거래 규모는 크다. The harbour office is open."})
	for _, tc := range []struct{ text, want string }{
		{"전체 온라인\n시장의 규모", "전체 온라인 시장의 규모"},
		{"전체 온라\n인 시장의 규모", "전체 온라인 시장의 규모"},
		{"the harbour\noffice is open", "the harbour office is open"},
		{"모르는\n낱말과 다른\n글자", ""}, // two joints that nothing decides
		{"다만, 온라인 시장의 규모", "온라인 시장의 규모"},
	} {
		if got := c.mended(tc.text, true); got != tc.want {
			t.Errorf("%q: got %q, want %q", tc.text, got, tc.want)
		}
	}
}

func FuzzQuestions(f *testing.F) {
	for _, s := range []string{"연차는 최대 5일까지 이월할 수 있습니다.", "The ferry carries 120 cars in summer.", "회의실은 아홉 개이며, 이름은 새의 이름이다.", "| a | b |\n| c | 3 days |", "Q. 무엇인가요?\nA. 9조 원."} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		c := corpusOf(t, retrieval.Passage{ID: "1", Source: "a", Title: "A Title", Text: s})
		for _, k := range c.candidates(0, true) {
			if q := k.ask(); q != "" && !strings.HasSuffix(q, "?") {
				t.Errorf("%q is no question", q)
			}
			if k.unit != "text" && !strings.Contains(k.sentence.Text, k.answer) {
				t.Errorf("the answer %q is not in %q", k.answer, k.sentence.Text)
			}
		}
	})
}
