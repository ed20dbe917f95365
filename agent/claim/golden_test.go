package claim

import (
	"flag"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"selfrag/internal/goldentest"
	"selfrag/retrieval"
	"selfrag/retrieval/text"
)

var update = flag.Bool("update", false, "write the golden files anew")

// TestClaims reads testdata/*.txt: passages, claims, verdicts. A line there is
// one of
//
//	# HEADING             forgets the passages and the question before it
//	passage TEXT          passage 1 and so on, each of a document of its own;
//	passage (TITLE) TEXT  \n in it is a line end
//	question TEXT         the question that the claims answer
//	claim TEXT [1]        checked against the passages that it cites
//	answer SUBQUERY: TEXT [1]   the same, as the answer to a sub-question
//	draft TEXT            the text of a model: parsed, citations corrected, composed
//
// The indented lines below it are the results. Run the test with -update to
// write the results anew, and read the difference.
func TestClaims(t *testing.T) { goldentest.Texts(t, *update, judgeFile) }

var titled = regexp.MustCompile(`^\(([^)]+)\) `)

func judgeFile(t *testing.T, content string) string {
	t.Helper()
	var out strings.Builder
	var in Sources
	question := ""
	for line := range strings.Lines(content) {
		line = strings.TrimSuffix(line, "\n")
		if strings.HasPrefix(line, "  ") {
			continue // a result
		}
		out.WriteString(line + "\n")
		what, rest, _ := strings.Cut(line, " ")
		switch what {
		case "", "//":
		case "#":
			in, question = Sources{}, ""
		case "passage":
			p := retrieval.Passage{Document: fmt.Sprint(len(in.Passages) + 1), Start: 10}
			if m := titled.FindStringSubmatch(rest); m != nil {
				p.Title, rest = m[1], rest[len(m[0]):]
			}
			p.Text = strings.ReplaceAll(rest, `\n`, "\n")
			in.Passages = append(in.Passages, p)
		case "question":
			question = rest
		case "claim", "answer":
			in.Subjects = SubjectsOf(question, in.Passages)
			s := parseSentence(rest, len(in.Passages))
			if what == "answer" {
				s.Subquery, _, _ = strings.Cut(s.Text, ": ")
			}
			out.WriteString("  " + shownVerdict(s, in) + "\n")
		case "draft":
			in.Subjects = SubjectsOf(question, in.Passages)
			d := Parse(strings.ReplaceAll(rest, `\n`, "\n"), in)
			if d.NotFound {
				out.WriteString("  not found\n")
			}
			for _, s := range d.Sentences {
				fmt.Fprintf(&out, "  “%s”: %s\n", s.Text, shownVerdict(s, in))
			}
			answer, citations := Compose(d.Sentences, in.Passages)
			if answer != "" {
				out.WriteString("  -> " + answer + "\n")
			}
			for _, c := range citations {
				fmt.Fprintf(&out, "     [%d] passage %s, %d to %d: “%s”\n", c.N, c.Document, c.Start, c.End, c.Quote)
			}
		default:
			t.Fatalf("%q begins with none of the words that the test knows", line)
		}
	}
	return out.String()
}

func shownVerdict(s Sentence, in Sources) string {
	v := Check(s, in)
	if !v.Refuted {
		return "stands"
	}
	language := text.Language(s.Text)
	return fmt.Sprintf("%s: %s", map[string]string{"en": "refused by " + string(v.Rule), "ko": string(v.Rule) + " 규칙이 거부"}[language], v.Because(language))
}
