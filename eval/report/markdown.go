package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes the report as Markdown, without pictures.
func (r Report) writeMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s / %s (%s)\n\n", inline(r.A), inline(r.B), inline(r.Data))
	fmt.Fprintf(b, "%s, %s\n\n%s\n\n", r.say("%d questions", r.Comparison.Questions), r.Made.Format("2006-01-02 15:04 MST"), inline(r.Verdict()))
	fmt.Fprintf(b, "- A: %s\n- B: %s\n\n## %s\n\n", inline(r.A), inline(r.B), r.say("Differences"))
	r.differencesTable(b)
	if r.Judge != "" {
		fmt.Fprintf(b, "\n%s\n", inline(r.say("Citations, faithfulness and relevancy were judged by %s.", r.Judge)))
	}
	r.costsTable(b)
	r.endingsTable(b)
	r.claimsTable(b)
	r.groupsTable(b)
	fmt.Fprintf(b, "\n## %s\n", r.say("Every question"))
	for _, q := range r.Rows() {
		right := strings.Join(q.Answers, " · ")
		if q.Unanswerable {
			right = r.say("no document answers")
		}
		fmt.Fprintf(b, "\n### %s\n\n%s: %s\n", inline(q.Text), inline(q.ID), inline(right))
		for _, s := range q.Sides {
			mark := "✗"
			if s.Right {
				mark = "✓"
			}
			fmt.Fprintf(b, "\n- %s %s %s\n", s.Name, mark, inline(s.Answer))
			fmt.Fprintf(b, "  - F1 %.2f, %s\n", s.F1, inline(r.say("%s s, %d calls, %d tokens, stopped by %s", figure(s.Seconds), s.Usage.Calls, s.Tokens(), s.StoppedBy)))
			for _, step := range s.Steps {
				fmt.Fprintf(b, "  - %s “%s”\n", r.say("searched for"), inline(step.Subquery))
				for _, c := range step.Refused {
					fmt.Fprintf(b, "    - %s “%s”: %s\n", r.say("refused:"), inline(c.Text), inline(c.Why))
				}
			}
			for _, c := range s.Citations {
				fmt.Fprintf(b, "  - \\[%d\\] %s: “%s”\n", c.N, inline(c.Source), inline(c.Quote))
			}
		}
	}
	return b.Flush()
}

// inline returns a text that can be put into a line of Markdown. Markup and
// HTML are escaped, and line breaks removed.
func inline(text string) string {
	return markdownMarks.Replace(strings.Join(strings.Fields(text), " "))
}

var markdownMarks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
	"|", `\|`, "#", `\#`, "!", `\!`, "~", `\~`, "://", `:\//`)
