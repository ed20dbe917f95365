package ingest

import (
	"context"
	"regexp"
	"strings"
	"unicode/utf8"
)

// markdown keeps a Markdown file as it is written: embedders and language
// models read it so. The title is that of the front matter, or else the first
// heading.
func markdown(_ context.Context, raw []byte, _ int64) (content, error) {
	text, err := decode(raw)
	if err != nil {
		return content{}, err
	}
	c := content{text: text}
	lines := strings.Split(text, "\n")
	title, end := frontMatterTitle(lines)
	c.title = named(title)
	c.headings = markdownHeadings(lines, end)
	for _, h := range c.headings {
		if c.title == "" {
			c.title = h.text
		}
	}
	return c, nil
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
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
		case strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~"):
			fence = trimmed[:3]
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

// frontMatterTitle reads the "title:" of a YAML front matter, and tells how
// many lines the front matter takes.
func frontMatterTitle(lines []string) (title string, end int) {
	if strings.TrimRight(lines[0], " \t") != "---" {
		return "", 0
	}
	for i, line := range lines[1:] {
		switch strings.TrimRight(line, " \t") {
		case "---", "...":
			return title, i + 2
		}
		if value, ok := strings.CutPrefix(line, "title:"); ok {
			title = unquote(strings.TrimSpace(value))
		}
	}
	return "", 0 // it never ends: a horizontal rule, not a front matter
}

func unquote(s string) string {
	for _, q := range []string{`"`, `'`} {
		if len(s) >= 2 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			return s[1 : len(s)-1]
		}
	}
	return s
}
