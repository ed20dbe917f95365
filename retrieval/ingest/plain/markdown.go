package plain

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
)

// Markdown reads a Markdown file. It keeps the text as it is written, because
// embedders and language models understand Markdown, and drops only the data of
// embedded pictures. The title is the one in the front matter, or else the first
// heading. The rest of the front matter becomes metadata. A table that must be cut
// repeats its header.
func Markdown(_ context.Context, raw []byte, _ int64) (content.Content, error) {
	text, warnings, err := charset.Decode(raw)
	if err != nil {
		return content.Content{}, err
	}
	c := content.Content{Text: withoutPictures(text), Warnings: warnings}
	lines := strings.Split(c.Text, "\n")
	matter, end := frontMatter(lines)
	var title string
	title, c.Metadata, err = matterMetadata(matter)
	if err != nil {
		c.Warn("the front matter is not valid YAML and is not kept as metadata: %v", err)
	}
	c.Title = content.Name(title)
	c.Headings, c.Leads = markdownParts(lines, end)
	for _, h := range c.Headings {
		if c.Title == "" {
			c.Title = h.Text
		}
	}
	return c, nil
}

// markdownParts returns the headings in lines[from:], which begin with # or are
// underlined, and the tables. Code blocks are skipped.
func markdownParts(lines []string, from int) ([]content.Heading, []content.Lead) {
	hashes := regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	underline := regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
	var headings []content.Heading
	var tables []content.Lead
	fence := "" // the fence that began the current code block; empty outside of one
	start, tableEnd := 0, 0
	for i, line := range lines {
		at := start
		start += utf8.RuneCountInString(line) + 1
		trimmed := strings.TrimSpace(line)
		switch {
		case i < from:
		case fence != "":
			if closesFence(trimmed, fence) {
				fence = ""
			}
		case fenceOf(trimmed) != "":
			fence = fenceOf(trimmed)
		case strings.HasPrefix(trimmed, "#"):
			if m := hashes.FindStringSubmatch(line); m != nil && m[2] != "" {
				headings = append(headings, content.Heading{Start: at, Level: len(m[1]), Text: content.Name(m[2])})
			}
		case at < tableEnd:
		case strings.Contains(line, "|") && !isDelimiterRow(line) && i+1 < len(lines) && isDelimiterRow(lines[i+1]):
			table := tableAt(lines[i:], at)
			tables, tableEnd = append(tables, table), table.End
		case trimmed == "" || i+1 == len(lines) || i > from && strings.TrimSpace(lines[i-1]) != "":
		case underline.MatchString(lines[i+1]) && !underline.MatchString(line):
			level := 1
			if strings.Contains(lines[i+1], "-") {
				level = 2
			}
			headings = append(headings, content.Heading{Start: at, Level: level, Text: content.Name(trimmed)})
		}
	}
	return headings, tables
}

// isDelimiterRow reports whether a line stands between the header and the rows of a
// table (GitHub Flavored Markdown 0.29, 4.10).
func isDelimiterRow(line string) bool {
	return strings.Contains(line, "|") && strings.Contains(line, "-") && strings.Trim(line, "|-: \t") == ""
}

// tableAt returns the table that begins with lines, at an offset. It ends at the first
// line without a bar.
func tableAt(lines []string, start int) content.Lead {
	end := start
	for _, line := range lines {
		if !strings.Contains(line, "|") {
			break
		}
		end += utf8.RuneCountInString(line) + 1
	}
	return content.Lead{Span: content.Span{Start: start, End: end - 1}, Text: lines[0] + "\n" + lines[1]}
}

// fenceOf returns the run of three or more backticks or tildes with which a line
// begins a code block, or "" if it begins none. A line with more backticks after
// the first run is no fence (CommonMark 0.31, 4.5).
func fenceOf(line string) string {
	for _, mark := range []string{"`", "~"} {
		rest := strings.TrimLeft(line, mark)
		if n := len(line) - len(rest); n >= 3 && (mark == "~" || !strings.Contains(rest, "`")) {
			return line[:n]
		}
	}
	return ""
}

// closesFence reports whether a line closes a code block: it is a fence of the same
// kind, at least as long, and nothing follows it.
func closesFence(line, fence string) bool {
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}
