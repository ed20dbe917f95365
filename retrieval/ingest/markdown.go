package ingest

import (
	"regexp"
	"strings"
)

// markdown keeps a Markdown file as it is written: embedders and language
// models read it so. The title is that of the front matter, or else the first
// heading.
func markdown(raw []byte) (title, text string, err error) {
	text, err = decode(raw)
	if err != nil {
		return "", "", err
	}
	return markdownTitle(text), text, nil
}

func markdownTitle(text string) string {
	lines := strings.Split(text, "\n")
	title, end := frontMatterTitle(lines)
	if title != "" {
		return title
	}
	lines = lines[end:]
	heading := regexp.MustCompile(`^ {0,3}#{1,6}[ \t]+(.*?)(?:[ \t]+#+)?[ \t]*$`)
	underline := regexp.MustCompile(`^ {0,3}(?:=+|-+)[ \t]*$`)
	fence := "" // of the code block we are in
	for i, line := range lines {
		trimmed := strings.TrimSpace(line)
		if fence != "" {
			if strings.HasPrefix(trimmed, fence) {
				fence = ""
			}
			continue
		}
		if strings.HasPrefix(trimmed, "```") || strings.HasPrefix(trimmed, "~~~") {
			fence = trimmed[:3]
			continue
		}
		if m := heading.FindStringSubmatch(line); m != nil && m[1] != "" {
			return collapse(m[1])
		}
		alone := i == 0 || strings.TrimSpace(lines[i-1]) == ""
		if alone && trimmed != "" && i+1 < len(lines) && underline.MatchString(lines[i+1]) && !underline.MatchString(line) {
			return collapse(trimmed)
		}
	}
	return ""
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
