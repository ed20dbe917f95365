package plain

import (
	"strings"
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/filetest"
)

func TestMarkdownTitle(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"heading", "# Travel *policy* #\n\ntext", "Travel *policy*"},
		{"heading below text", "text\n\n## 여비 규정\n", "여비 규정"},
		{"underlined", "Travel policy\n=============\n", "Travel policy"},
		{"underlined, second level", "\nTravel policy\n---\n", "Travel policy"},
		{"front matter", "---\nlayout: x\ntitle: \"On call: 2026\"\n---\n# Other\n", "On call: 2026"},
		{"front matter without title", "---\nlayout: x\n---\n# Heading\n", "Heading"},
		{"front matter that never ends", "---\ntitle: x\n# Heading\n", "Heading"},
		{"a comment in code", "```sh\n# not this\n```\n# This\n", "This"},
		{"no heading", "just text\n", ""},
		{"a hash tag", "#tag\n", ""},
		{"an empty heading", "#\n# Second\n", "Second"},
		{"a rule below a paragraph's second line", "one\ntwo\n---\n", ""},
		{"empty", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Markdown(t.Context(), []byte(tt.text), 0)
			if c.Title != tt.want || c.Text != tt.text || err != nil {
				t.Errorf("got %q, %q, %v", c.Title, c.Text, err)
			}
		})
	}
}

func TestExtractMarkdown(t *testing.T) {
	tests := []struct {
		name string
		of   content.Reader
		raw  []byte
		want content.Content
	}{
		{"Markdown headings", Markdown, []byte("# A\n\n```\n# not\n```\n\nB\n---\n"), content.Content{
			Title: "A", Text: "# A\n\n```\n# not\n```\n\nB\n---\n", Headings: []content.Heading{{Start: 0, Level: 1, Text: "A"}, {Start: 20, Level: 2, Text: "B"}},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) { filetest.CheckRead(t, tt.of, tt.raw, tt.want) })
	}
}

func TestHeadingsOfNestedFences(t *testing.T) {
	const text = "# Guide\n\n````markdown\n# Example\n```bash\n# install\n```\n## Not a heading\n````\n\nThe port.\n\n~~~\n# no\n```\n~~~~\n\n## Real\n\n``` a`b ```\n\n# Last\n"
	var got []string
	c, err := Markdown(t.Context(), []byte(text), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range c.Headings {
		got = append(got, h.Text)
	}
	if strings.Join(got, " ") != "Guide Real Last" {
		t.Errorf("got %q", got)
	}
	at := len([]rune(text[:strings.Index(text, "## Real")]))
	if path := c.Outline().Path(at); path != "Guide > Real" {
		t.Errorf("got %q", path)
	}
}

func TestTablesOfMarkdown(t *testing.T) {
	const header = "| 지점 | 한도 |\n|:---|--:|"
	tests := []struct{ name, text, want string }{
		{"a table", "# 일비\n\n" + header + "\n| 제주 | 28,000 |\n\nAbove | below.\n", header + "\n| 제주 | 28,000 |"},
		{"a row of dashes", header + "\n| - | - |\n| 제주 | - |\n", header + "\n| - | - |\n| 제주 | - |"},
		{"without bars at the ends", "지점 | 한도\n---|---\n제주 | 28,000", "지점 | 한도\n---|---\n제주 | 28,000"},
		{"no rows", header, header},
		{"in code", "```\n" + header + "\n```\n", ""},
		{"bars without a rule", "a | b\nc | d\n", ""},
		{"an underlined heading", "\na | b\n---\n", ""},
		{"a heading", "# a | b\n|---|---|\n", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Markdown(t.Context(), []byte(tt.text), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			for _, l := range c.Leads {
				got += string([]rune(c.Text)[l.Start:l.End])
				if !strings.HasPrefix(got, l.Text) || strings.Count(l.Text, "\n") != 1 {
					t.Errorf("the header is %q", l.Text)
				}
			}
			if got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestFrontMatterIsMetadata(t *testing.T) {
	c, err := Markdown(t.Context(), []byte("---\ntitle: \"Rules: 2026\"\nowner: 박서준\nyear: 2026\nserial: 9007199254740993\ndraft: true\neffective: 2026-03-01\ntags: [travel, 일비]\nsource: wiki\nheading: x\n---\n# Other\n\ntext"), 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"owner": "박서준", "year": 2026.0, "serial": "9007199254740993", "draft": true, "effective": "2026-03-01",
		"tags": "travel, 일비", "source_": "wiki", "heading_": "x",
	}
	for k, v := range want {
		if c.Metadata[k] != v {
			t.Errorf("%s is %v, want %v", k, c.Metadata[k], v)
		}
	}
	if c.Title != "Rules: 2026" || len(c.Metadata) != len(want) {
		t.Errorf("got %q, %v", c.Title, c.Metadata)
	}
	if c, err := Markdown(t.Context(), []byte("---\na: [\n---\ntext"), 1<<20); err != nil || len(c.Warnings) != 1 {
		t.Errorf("got %v, %q", err, c.Warnings)
	}
}

// A document's names go with each of its passages, so they must be names.
func TestNamesAreBounded(t *testing.T) {
	for name, tc := range map[string]struct {
		of  content.Reader
		raw []byte
	}{
		"Markdown":     {Markdown, []byte("# " + filetest.LongName + "\n\ntext")},
		"front matter": {Markdown, []byte("---\ntitle: " + filetest.LongName + "\n---\ntext")},
	} {
		t.Run(name, func(t *testing.T) { filetest.CheckNames(t, tc.of, tc.raw) })
	}
}

func FuzzLoadMarkdown(f *testing.F) {
	for _, s := range []string{"---\na: [1, x]\nb: 2026-01-01\n---\n# H\n````\n```\n# n\n````\n", "![x](data:image/png;base64,AAAAAAAAAAAAAAAAAAAA)", "---\n*: &a\n---", "A\n===\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) { filetest.CheckContent(t, Markdown, []byte(text)) })
}
