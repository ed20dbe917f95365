package plain

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"

	"selfrag/retrieval"
	"selfrag/retrieval/ingest/content"
)

// frontMatter returns the YAML between the lines "---" at the beginning of a
// Markdown file, and the number of lines that it takes. It returns nothing if the
// YAML never ends, because the dashes are a horizontal rule then.
func frontMatter(lines []string) (matter string, end int) {
	if strings.TrimRight(lines[0], " \t") != "---" {
		return "", 0
	}
	for i, line := range lines[1:] {
		switch strings.TrimRight(line, " \t") {
		case "---", "...":
			return strings.Join(lines[1:i+1], "\n"), i + 2
		}
	}
	return "", 0
}

// matterMetadata returns the title in a front matter, and its other fields as
// metadata. Strings, numbers, booleans and dates are kept. Lists of these become a
// text with commas. If the front matter is not valid YAML, it still returns the
// title.
func matterMetadata(matter string) (title string, metadata map[string]any, err error) {
	for line := range strings.SplitSeq(matter, "\n") {
		if value, ok := strings.CutPrefix(line, "title:"); ok {
			title = unquote(strings.TrimSpace(value))
		}
	}
	if strings.TrimSpace(matter) == "" || len(matter) > maxMetadata {
		return title, nil, nil
	}
	var fields map[string]any
	if err := yaml.Unmarshal([]byte(matter), &fields); err != nil {
		return title, nil, err
	}
	if t, ok := scalar(fields["title"]).(string); ok {
		title = t
	}
	delete(fields, "title")
	for key, value := range fields {
		v := scalar(value)
		if list, ok := value.([]any); ok {
			var parts []string
			for _, item := range list {
				if s := scalar(item); s != nil {
					parts = append(parts, fmt.Sprint(s))
				}
			}
			v = strings.Join(parts, ", ")
		}
		if v == nil || v == "" {
			continue
		}
		if metadata == nil {
			metadata = map[string]any{}
		}
		if slices.Contains([]string{retrieval.Page, retrieval.Heading, retrieval.Row}, key) {
			key += "_" // the key itself is for the place of a passage
		}
		metadata[content.FreeKey(key)] = v
	}
	return title, metadata, nil
}

// scalar returns a value of YAML as a value of metadata, or nil if it is a list, a
// map or the like.
func scalar(v any) any {
	switch v := v.(type) {
	case string:
		return strings.ToValidUTF8(v, "\uFFFD")
	case bool, float64:
		return v
	case int, int64, uint64:
		return content.Number(fmt.Sprint(v))
	case time.Time:
		if v.Equal(v.Truncate(24 * time.Hour)) {
			return v.Format(time.DateOnly)
		}
		return v.Format(time.RFC3339)
	}
	return nil
}

func unquote(s string) string {
	for _, q := range []string{`"`, `'`} {
		if len(s) >= 2 && strings.HasPrefix(s, q) && strings.HasSuffix(s, q) {
			return s[1 : len(s)-1]
		}
	}
	return s
}
