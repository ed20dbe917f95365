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
// heading. The rest of the front matter becomes metadata.
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
	c.Headings = markdownHeadings(lines, end)
	for _, h := range c.Headings {
		if c.Title == "" {
			c.Title = h.Text
		}
	}
	return c, nil
}

// markdownHeadings returns the headings in lines[from:], which begin with # or are
// underlined. Code blocks are skipped.
func markdownHeadings(lines []string, from int) []content.Heading {
	hashes := regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	underline := regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
	var headings []content.Heading
	fence := "" // the fence that began the current code block; empty outside of one
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
