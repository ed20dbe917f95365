package plain

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"

	"selfrag/retrieval/ingest/charset"
	"selfrag/retrieval/ingest/content"
)

// Markdown reads a Markdown file. It keeps the text as it is written, except for
// pictures within it, because embedders and language models read it so. The title
// is that of the front matter, or else the first heading. The rest of the front
// matter is metadata.
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
		c.Warn("the front matter is no YAML, and no metadata: %v", err)
	}
	c.Title = content.Name(title)
	c.Headings = markdownHeadings(lines, end)
	for _, h := range c.Headings {
		if c.Title == "" {
			c.Title = h.Text
		}
	}
	return c, nil
}

// markdownHeadings finds the headings in the lines, those from on: with # or
// underlined, and not in a code block.
func markdownHeadings(lines []string, from int) []content.Heading {
	hashes := regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	underline := regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
	var headings []content.Heading
	fence := "" // of the code block we are in
	start := 0
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
		case trimmed == "" || i+1 == len(lines) || i > from && strings.TrimSpace(lines[i-1]) != "":
		case underline.MatchString(lines[i+1]) && !underline.MatchString(line):
			level := 1
			if strings.Contains(lines[i+1], "-") {
				level = 2
			}
			headings = append(headings, content.Heading{Start: at, Level: level, Text: content.Name(trimmed)})
		}
	}
	return headings
}

// fenceOf is the run of three or more backticks or tildes that begins a code
// block; empty where a line begins none. Behind backticks, what is a fence has
// no more of them (CommonMark 0.31, 4.5).
func fenceOf(line string) string {
	for _, mark := range []string{"`", "~"} {
		rest := strings.TrimLeft(line, mark)
		if n := len(line) - len(rest); n >= 3 && (mark == "~" || !strings.Contains(rest, "`")) {
			return line[:n]
		}
	}
	return ""
}

// closesFence reports whether a line is a fence of the same kind, at least as
// long, with nothing behind it.
func closesFence(line, fence string) bool {
	return len(line) >= len(fence) && strings.Trim(line, fence[:1]) == ""
}
