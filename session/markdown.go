package session

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"selfrag/agent"
	"selfrag/retrieval/text"
)

// Markdown returns the conversation as a Markdown document with the given title:
// for each turn the question, the answer, and the quotes that the answer cites.
// Questions, answers and quotes are plain text there: their marks of Markdown
// and HTML are escaped, so that no document or model can place links or
// pictures. Times are in UTC.
func (s Session) Markdown(title string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s, %s\n", escaped(title), escaped(s.Collection), s.Updated.UTC().Format(time.DateTime))
	for _, t := range s.Turns {
		t.write(&b)
	}
	return b.String()
}

func (t Turn) write(b *strings.Builder) {
	a := t.Answer
	fmt.Fprintf(b, "\n## %s\n\n%s\n", escaped(oneLine(a.Question)), escaped(strings.TrimSpace(a.Text)))
	heading := "Sources"
	if text.Language(a.Question) == "ko" {
		heading = "출처"
	}
	for i, c := range a.Citations {
		if i == 0 {
			fmt.Fprintf(b, "\n%s:\n\n", heading)
		}
		fmt.Fprintf(b, "- %s\n", citation(c))
	}
}

// citation returns a citation on one line: its number, the title and the source
// of the document, and the quote.
func citation(c agent.Citation) string {
	from := escaped(oneLine(cmp.Or(c.Title, c.Source)))
	if c.Title != "" {
		from += " (" + escaped(oneLine(c.Source)) + ")"
	}
	return fmt.Sprintf(`\[%d\] %s: “%s”`, c.N, from, escaped(oneLine(c.Quote)))
}

func oneLine(s string) string { return strings.Join(strings.Fields(s), " ") }

// escaped returns text as Markdown that shows it as it is, line by line.
func escaped(s string) string {
	s = strings.NewReplacer(
		`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
		"#", `\#`, "|", `\|`, "~", `\~`, "!", `\!`, "://", `:\//`, "www.", `www\.`, "@", `\@`, "\r", "",
	).Replace(s)
	// A backslash at the end of a line keeps the break; an empty line ends a
	// paragraph anyway.
	lines := strings.Split(s, "\n")
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line != "" && i+1 < len(lines) && strings.TrimSpace(lines[i+1]) != "" {
			line += `\`
		}
		lines[i] = withoutMark(line)
	}
	return strings.Join(lines, "\n")
}

// withoutMark escapes a mark that would make a line a list, a rule, a heading
// above it or a code block.
func withoutMark(line string) string {
	rest := strings.TrimLeft(line, "0123456789")
	switch {
	case line != "" && strings.ContainsRune("-+=", rune(line[0])):
		return `\` + line
	case rest != line && rest != "" && strings.ContainsRune(".)", rune(rest[0])):
		return line[:len(line)-len(rest)] + `\` + rest
	}
	return line
}
