package evidence

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"selfrag/retrieval"
)

// TestChanges compares the contradictions found with testdata/changes.txt: a
// question, the passages, each below a line "@ title @ source @ key=value", and
// after a line of dashes the changes, or that there is none.
func TestChanges(t *testing.T) {
	path := filepath.Join("testdata", "changes.txt")
	golden, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for _, part := range strings.Split(string(golden), "====\n")[1:] {
		source, _, _ := strings.Cut(part, "----\n")
		in := inputOf(source)
		found, err := New(nil, Config{}).Find(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		b.WriteString("====\n" + source + "----\n" + changesText(found))
		for _, c := range found.Changes {
			if c.By != "" && c.Now.Answers < c.Other.Answers {
				t.Errorf("%s\n%q is likelier than %q, which holds", in.Question, c.Other.Text, c.Now.Text)
			}
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if b.String() != string(golden) {
		t.Errorf("changes are not those of %s (go test -update writes it anew):\n%s", path, b.String())
	}
}

func changesText(found Found) string {
	var b strings.Builder
	for _, c := range found.Changes {
		fmt.Fprintf(&b, "now:   %s\nother: %s\n", c.Now.Text, c.Other.Text)
		switch {
		case c.Since != "":
			fmt.Fprintf(&b, "since %s, by %s\n", c.Since, c.By)
		case c.Until != "":
			fmt.Fprintf(&b, "until %s, by %s\n", c.Until, c.By)
		default:
			b.WriteString("no date says which\n")
		}
	}
	if len(found.Changes) > 0 {
		return b.String()
	}
	if len(found.Sentences) == 0 {
		return "nothing found\n"
	}
	return "none; best: " + strings.ReplaceAll(found.Sentences[0].Text, "\n", "⏎") + "\n"
}

// inputOf parses a question and its passages from the golden file.
func inputOf(source string) Input {
	question, rest, _ := strings.Cut(source, "\n")
	in := Input{Question: question}
	for _, part := range strings.Split("\n"+rest, "\n@ ")[1:] {
		head, body, _ := strings.Cut(part, "\n")
		fields := strings.Split(head, " @ ")
		p := retrieval.Passage{ID: fmt.Sprint(len(in.Passages)), Title: fields[0], Text: body, Metadata: map[string]any{}}
		if len(fields) > 1 {
			p.Source, p.Document = fields[1], fields[1]
		}
		for _, f := range fields[min(2, len(fields)):] {
			key, value, _ := strings.Cut(f, "=")
			p.Metadata[key] = value
		}
		in.Passages = append(in.Passages, p)
	}
	return in
}

// FuzzChanges checks, for any text, that the contradictions are the same for
// each order of the passages and consist of sentences that differ.
func FuzzChanges(f *testing.F) {
	f.Add("How much is lunch?", "Lunch (2021)", "Lunch is KRW 4,000.", "Lunch (2025)", "Lunch is KRW 5,000 since May 2025.")
	f.Add("식대는 얼마인가요?", "식대", "식대는 2025년까지 3만 원입니다.", "식대", "| 식대 | 5만 원 |\n| a | 1 |")
	f.Fuzz(func(t *testing.T, question, titleA, textA, titleB, textB string) {
		a := retrieval.Passage{ID: "a", Source: "a", Title: titleA, Text: textA}
		b := retrieval.Passage{ID: "b", Source: "b", Title: titleB, Text: textB}
		var got [2]map[[2]string]bool
		for i, passages := range [][]retrieval.Passage{{a, b}, {b, a}} {
			got[i] = map[[2]string]bool{}
			in := Input{Question: question, Passages: passages}
			all, pairs, err := New(nil, Config{}).candidates(t.Context(), in)
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range pairs {
				now, other := all[p.now].Text, all[p.other].Text
				if now == other {
					t.Fatalf("%q contradicts itself", now)
				}
				if !p.decided() && now > other {
					now, other = other, now
				}
				got[i][[2]string{now, other}] = true
			}
		}
		if fmt.Sprint(got[0]) != fmt.Sprint(got[1]) {
			t.Fatalf("in this order: %v, in the other one: %v", got[0], got[1])
		}
	})
}
