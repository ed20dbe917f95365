package ingest

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"
)

// markdown keeps a Markdown file as it is written, but for pictures within it:
// embedders and language models read it so. The title is that of the front
// matter, or else the first heading; the rest of the front matter is metadata,
// too.
func markdown(_ context.Context, raw []byte, _ int64) (content, error) {
	text, warnings, err := decode(raw)
	if err != nil {
		return content{}, err
	}
	c := content{text: withoutPictures(text), warnings: warnings}
	lines := strings.Split(c.text, "\n")
	matter, end := frontMatter(lines)
	var title string
	title, c.metadata, err = matterMetadata(matter)
	if err != nil {
		c.warn("the front matter is no YAML, and no metadata: %v", err)
	}
	c.title = named(title)
	c.headings = markdownHeadings(lines, end)
	for _, h := range c.headings {
		if c.title == "" {
			c.title = h.text
		}
	}
	return c, nil
}

// withoutPictures leaves of each data: URI (RFC 2397) what it is of. Its data
// are pictures in letters that nobody reads, and can be most of a file.
func withoutPictures(text string) string {
	if !strings.Contains(text, "data:") {
		return text
	}
	uri := regexp.MustCompile(`(data:[a-z]+/[-+.\w]+)((?:;[-\w]+(?:=[-\w."]+)?)*)(;base64,[A-Za-z0-9+/_=%-]{16,}|,%3[Cc][^\s"'()<>]{16,})`)
	return uri.ReplaceAllString(text, "$1")
}

// markdownHeadings finds the headings in the lines, those from on: with # or
// underlined, and not in a code block.
func markdownHeadings(lines []string, from int) []heading {
	hashes := regexp.MustCompile(`^ {0,3}(#{1,6})[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	underline := regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
	var headings []heading
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
				headings = append(headings, heading{at, len(m[1]), named(m[2])})
			}
		case trimmed == "" || i+1 == len(lines) || i > from && strings.TrimSpace(lines[i-1]) != "":
		case underline.MatchString(lines[i+1]) && !underline.MatchString(line):
			level := 1
			if strings.Contains(lines[i+1], "-") {
				level = 2
			}
			headings = append(headings, heading{at, level, named(trimmed)})
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
