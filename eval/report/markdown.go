package report

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// writeMarkdown writes the report without pictures.
func (r Report) writeMarkdown(w io.Writer) error {
	b := bufio.NewWriter(w)
	fmt.Fprintf(b, "# %s / %s (%s)\n\n", inline(r.A), inline(r.B), inline(r.Data))
	fmt.Fprintf(b, "%s, %s\n\n%s\n\n", r.say("%d questions", r.Comparison.Questions), r.Made.Format("2006-01-02 15:04 MST"), inline(r.Verdict()))
	fmt.Fprintf(b, "- A: %s\n- B: %s\n\n## %s\n\n", inline(r.A), inline(r.B), r.say("Differences"))
	row(b, r.say("Metric"), "A", "B", "B − A", r.say("95 % interval"), "p", r.say("win / tie / loss of B"))
	row(b, "---", "---:", "---:", "---:", "---:", "---:", "---:")
	for _, m := range r.Comparison.Metrics {
		row(b, m.Metric, figure(m.A), figure(m.B), signedFigure(m.Mean), signedFigure(m.Interval.Low)+" … "+signedFigure(m.Interval.High),
			fmt.Sprintf("%.4f", m.P), fmt.Sprintf("%d / %d / %d", m.Win, m.Tie, m.Loss))
	}
	if r.Judge != "" {
		fmt.Fprintf(b, "\n%s\n", inline(r.say("Citations, faithfulness and relevancy were judged by %s.", r.Judge)))
	}
	fmt.Fprintf(b, "\n## %s\n\n", r.say("By language and hops"))
	row(b, r.say("Questions"), r.say("number"), "F1 A", "F1 B", r.say("seconds")+" A", r.say("seconds")+" B")
	row(b, "---", "---:", "---:", "---:", "---:", "---:")
	for _, g := range append(r.ByLanguage(), r.ByHops()...) {
		row(b, g.Name, fmt.Sprint(g.Questions), figure(g.A.F1), figure(g.B.F1), figure(g.A.Seconds), figure(g.B.Seconds))
	}
	fmt.Fprintf(b, "\n## %s\n", r.say("Every question"))
	for _, q := range r.Rows() {
		right := strings.Join(q.Answers, " · ")
		if q.Unanswerable {
			right = r.say("no document tells")
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
			}
			for _, c := range s.Citations {
				fmt.Fprintf(b, "  - \\[%d\\] %s: “%s”\n", c.N, inline(c.Source), inline(c.Quote))
			}
		}
	}
	return b.Flush()
}

func row(w io.Writer, cells ...string) {
	fmt.Fprintf(w, "| %s |\n", strings.Join(cells, " | "))
}

// inline makes text safe to stand in a line of Markdown: no marks, no HTML, no
// line of its own.
func inline(text string) string {
	return markdownMarks.Replace(strings.Join(strings.Fields(text), " "))
}

var markdownMarks = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
	"|", `\|`, "#", `\#`, "!", `\!`, "~", `\~`, "://", `:\//`)
