package ingest

import (
	"slices"
	"testing"

	"selfrag/retrieval/ingest/content"
	"selfrag/retrieval/ingest/plain"
	"selfrag/retrieval/text"
)

func TestSplitWays(t *testing.T) {
	cut := func(c content.Content, cfg Config) []string {
		cfg, err := cfg.withDefaults()
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		runes := []rune(c.Text)
		for _, p := range cfg.pieces(text.NewOffsets(c.Text), c) {
			where := c.Outline().Path(p.place)
			if p.parent.Len() > 0 {
				where = string(runes[p.parent.Start:p.parent.End])
			}
			out = append(out, string(runes[p.Start:p.End])+" @ "+where)
		}
		return out
	}
	guide, err := plain.Markdown(t.Context(), []byte("# 휴가\n\n## 연차\n\n열흘이다.\n\n## 육아\n\n일 년이다. 더 길 수도 있다.\n\n# End\n"), 0)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := plain.CSV(t.Context(), []byte("a,b\n1,2\n3,4 5 6 7 8\n"), 100)
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		of   content.Content
		cfg  Config
		want []string
	}{
		{"sections", guide, Config{Split: SplitMarkdown, ChunkSize: 30}, []string{
			"# 휴가\n\n## 연차\n\n열흘이다. @ 휴가 > 연차", "## 육아\n\n일 년이다. 더 길 수도 있다. @ 휴가 > 육아", "# End @ End",
		}},
		{"long sections", guide, Config{Split: SplitMarkdown, ChunkSize: 12, Overlap: NoOverlap}, []string{
			"# 휴가 @ 휴가", "## 연차\n\n열흘이다. @ 휴가 > 연차", "## 육아 @ 휴가 > 육아", "일 년이다. 더 길 @ 휴가 > 육아", "수도 있다. @ 휴가 > 육아", "# End @ End",
		}},
		{"sentences share whole ones", content.Content{Text: "하나다. 둘이다. 셋이다. 넷이다."}, Config{Split: SplitSentence, ChunkSize: 10, Overlap: 5}, []string{
			"하나다. 둘이다. @ ", "둘이다. 셋이다. @ ", "셋이다. 넷이다. @ ",
		}},
		{"parents", content.Content{Text: "aa bb\n\ncc dd"}, Config{Split: SplitParent, ChunkSize: 3, ParentSize: 6, Overlap: NoOverlap}, []string{
			"aa @ aa bb", "bb @ aa bb", "cc @ cc dd", "dd @ cc dd",
		}},
		{"rows", rows, Config{ChunkSize: 10, Overlap: NoOverlap}, []string{"a: 1\nb: 2 @ ", "a: 3 @ ", "b: 4 5 6 @ ", "7 8 @ "}},
		{"whole rows", rows, Config{Split: SplitNone}, []string{"a: 1\nb: 2 @ ", "a: 3\nb: 4 5 6 7 8 @ "}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := cut(tt.of, tt.cfg); !slices.Equal(got, tt.want) {
				t.Errorf("got %q\nwant %q", got, tt.want)
			}
		})
	}
}
