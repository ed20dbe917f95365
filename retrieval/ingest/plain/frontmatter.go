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

// frontMatter is the YAML between the dashes at the beginning of a Markdown
// file, and the number of lines that it takes; empty if it never ends: then it
// is a horizontal rule.
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

// matterMetadata is the front matter as metadata: text, numbers, truth values
// and dates as they are, lists of these as a text with commas. The title is
// apart. Of what is no YAML the title is still found.
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
			key += "_" // these are the passage's place
		}
		metadata[content.FreeKey(key)] = v
	}
	return title, metadata, nil
}

// scalar is a value of YAML as metadata has them; nil of any other.
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
