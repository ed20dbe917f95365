package multihop

import (
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"selfrag/internal/goldentest"
	"selfrag/retrieval"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestPlans reads testdata/*.txt: questions, what a model wrote about them, and
// what becomes of it. A line there is one of
//
//	# HEADING             a comment
//	question TEXT         begins a question; the passages before it are forgotten
//	passage TEXT          passage 1 and so on
//	passage (TITLE) TEXT
//	plan                  the lines that begin with | below it are a model's plan
//	answers               the same, for the answers to the plan before it
//
// The lines below them that are indented are the results: the sub-questions as
// they are read, what the plan is good for, and the answers that count with the
// passages that hold them. Run the test with -update to write the results anew,
// and read the difference.
func TestPlans(t *testing.T) { goldentest.Texts(t, *update, planFile) }

var titled = regexp.MustCompile(`^\(([^)]+)\) `)

func planFile(t *testing.T, content string) string {
	t.Helper()
	var out strings.Builder
	var question string
	var plan Plan
	var passages []retrieval.Passage
	lines := strings.Split(strings.TrimSuffix(content, "\n"), "\n")
	for i, line := range lines {
		if strings.HasPrefix(line, "  ") {
			continue // a result
		}
		out.WriteString(line + "\n")
		what, rest, _ := strings.Cut(line, " ")
		switch what {
		case "", "#", "|":
		case "question":
			question, plan, passages = rest, nil, nil
		case "passage":
			title := ""
			if m := titled.FindStringSubmatch(rest); m != nil {
				title, rest = m[1], rest[len(m[0]):]
			}
			passages = append(passages, retrieval.Passage{ID: fmt.Sprint(len(passages) + 1), Title: title, Text: rest})
		case "plan", "answers":
		default:
			t.Fatalf("%q begins with none of the words that the test knows", line)
		}
		if strings.HasPrefix(line, "|") && (i+1 == len(lines) || !strings.HasPrefix(lines[i+1], "|")) {
			asked, written := writtenAt(lines[:i+1])
			if asked == "plan" {
				plan = Parse(written, question)
				out.WriteString(shownPlan(plan, question))
			} else {
				out.WriteString(shownAnswers(plan, question, written, passages))
			}
		}
	}
	return out.String()
}

// writtenAt returns the text of the model that ends the lines, and the word above
// it.
func writtenAt(lines []string) (asked, written string) {
	i := len(lines)
	for strings.HasPrefix(lines[i-1], "|") {
		i--
	}
	var text []string
	for _, line := range lines[i:] {
		text = append(text, strings.TrimPrefix(strings.TrimPrefix(line, "|"), " "))
	}
	return lines[i-1], strings.Join(text, "\n")
}

func shownPlan(p Plan, question string) string {
	if len(p) == 1 && p[0] == question {
		return "  the question itself\n"
	}
	var b strings.Builder
	for i, sub := range p {
		fmt.Fprintf(&b, "  #%d %s\n", i+1, sub)
	}
	if p.Chains(question) {
		b.WriteString("  leads from one to the next\n")
	} else {
		b.WriteString("  leads nowhere\n")
	}
	return b.String()
}

func shownAnswers(p Plan, question, written string, passages []retrieval.Passage) string {
	progress := NewProgress(question, p)
	progress.Read(written, passages)
	var b strings.Builder
	for _, s := range progress.Sentences() {
		fmt.Fprintf(&b, "  %s [%s]\n", s.Text, progress.Passages()[s.Passages[0]].ID)
	}
	if _, next := progress.Next(); next != "" {
		fmt.Fprintf(&b, "  next: %s\n", next)
	} else {
		b.WriteString("  complete\n")
	}
	return b.String()
}
